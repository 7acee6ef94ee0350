import type { FileTypeName } from 'flooim';

/** As the server is told what kind of file it is. */
export function shareType(type: string): FileTypeName {
  if (type.startsWith('image/')) return 'shareImage';
  if (type.startsWith('video/')) return 'shareVideo';
  return 'shareFile';
}
