import type { FileInfo } from '@flooim/protocol';
import type { StoredFile } from './file-store.ts';

/** What its uploader is told of a file. */
export function fileInfo(file: StoredFile, download_url: string): FileInfo {
  return {
    download_url,
    name: file.name,
    type: file.type,
    size: file.size,
    sha256: file.sha256.toString('hex'),
    ...(file.width > 0 && { width: file.width, height: file.height }),
    ...(file.placeholder && { placeholder: file.placeholder }),
    ...(file.duration > 0 && { duration: file.duration }),
  };
}
