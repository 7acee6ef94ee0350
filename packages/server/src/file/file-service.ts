import { type FileInfo, limits } from '@flooim/protocol';
import type { BlobStore } from '../blob/blob-store.ts';
import { ServerError } from '../error.ts';
import type { Media } from '../media/media.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import type { Arrived } from './incoming.ts';
import type { UploadPass } from './passes.ts';

interface Parts {
  store: FileStore;
  blobs: BlobStore;
  media: Media;
  /** What one user may store, in bytes. */
  quota: number;
  clock: () => number;
}

/** Files from their arrival until nobody refers to them. */
export class FileService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes what has arrived a file: from now on its uploader may send it. */
  async keep(pass: UploadPass, { path, size, sha256, type }: Arrived, name: string): Promise<void> {
    const { store, blobs, media, quota, clock } = this.#parts;
    const { object, appId, uid: owner, kind, target } = pass;
    const facts = await media.look(path, type);
    const isAvatar = kind === 'userAvatar' || kind === 'groupAvatar';
    await store.write['file.expect']({ object, time: clock() });
    await blobs.put(object, path, { size, type, sha256 });
    const stored = await store.write['file.store']({
      object,
      appId,
      owner,
      isAvatar,
      name: (pass.name || name).slice(0, limits.fileNameChars),
      type,
      size,
      sha256,
      picture: facts ? { picture: 1, video: 2 }[facts.kind] : 0,
      width: facts?.width ?? 0,
      height: facts?.height ?? 0,
      duration: facts?.duration ?? 0,
      placeholder: facts?.placeholder ?? '',
      target,
      quota,
      time: clock(),
    });
    if ('refused' in stored) throw new ServerError(stored.refused, 'detail' in stored ? stored.detail : undefined);
  }

  /** The file, for somebody who may read it. */
  async open(appId: string, uid: number, object: string): Promise<StoredFile> {
    const found = await this.#parts.store.findFor(appId, object, uid);
    if (!found) throw new ServerError('fileNotFound');
    if (!found.isHis) throw new ServerError('fileForbidden');
    return found.file;
  }

  /** What became of an upload. */
  async finished({ appId, object }: UploadPass, downloadUrl: string): Promise<FileInfo> {
    const file = await this.#parts.store.find(appId, object);
    if (!file) throw new ServerError('uploadIncomplete');
    return toInfo(file, downloadUrl);
  }

  /** Lets the user send a file that he may read to another conversation. */
  async forward(appId: string, uid: number, object: string, target: number): Promise<void> {
    const { store, clock } = this.#parts;
    const refused = await store.write['file.claim']({ appId, uid, object, target, time: clock() });
    if (refused) throw new ServerError(refused.refused);
  }
}

function toInfo(file: StoredFile, download_url: string): FileInfo {
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
