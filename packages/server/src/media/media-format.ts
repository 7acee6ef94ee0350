/** What reads a content type: the loader of pictures by its name in libvips, or the demuxer of ffmpeg. */
export type MediaFormat = { kind: 'picture'; loader: PictureLoader } | { kind: 'video'; demuxer: VideoDemuxer };
export type PictureLoader = 'jpeg' | 'png' | 'webp' | 'gif' | 'heif';
export type VideoDemuxer = 'mov' | 'matroska';

const loaders: Record<string, PictureLoader> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'heif',
  'image/heic': 'heif',
  'image/heif': 'heif',
};

const demuxers: Record<string, VideoDemuxer> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/x-m4v': 'mov',
  'video/3gpp': 'mov',
  'video/3gpp2': 'mov',
  'video/webm': 'matroska',
  'video/matroska': 'matroska',
  'video/x-matroska': 'matroska',
};

/** Undefined for what is never looked at. */
export function formatOf(type: string): MediaFormat | undefined {
  const loader = own(loaders, type);
  if (loader) return { kind: 'picture', loader };
  const demuxer = own(demuxers, type);
  return demuxer && { kind: 'video', demuxer };
}

function own<T>(table: Record<string, T>, type: string): T | undefined {
  return Object.hasOwn(table, type) ? table[type] : undefined;
}
