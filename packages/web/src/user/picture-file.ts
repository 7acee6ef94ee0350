import type { TextKey } from '../i18n/i18n.ts';

/** What a device can be asked to decode and hold: photos of today's cameras, and some more. */
const mostBytes = 40 * 1024 * 1024;
const mostPixels = 120_000_000;

export const avatarPixels = 512;

/** Why a file cannot become an avatar, before looking inside; null if it may. */
export function refusalOf({ type, size }: { type: string; size: number }): TextKey | null {
  // Where the system knows no type, the decoder decides. SVG is a program more than a picture.
  if (type && (!type.startsWith('image/') || type.startsWith('image/svg'))) return 'avatar.notPicture';
  if (size === 0) return 'error.fileEmpty';
  return size > mostBytes ? 'avatar.tooLarge' : null;
}

/** Why a picture that was decoded cannot become an avatar. */
export function refusalOfPixels({ width, height }: { width: number; height: number }): TextKey | null {
  if (width < 1 || height < 1) return 'avatar.undecodable';
  return width * height > mostPixels ? 'avatar.tooLarge' : null;
}

/** The first picture among what was dropped or pasted, else the first file, to say why it is none. */
export function pictureOf(files: readonly File[]): File | undefined {
  return files.find((file) => refusalOf(file) === null) ?? files[0];
}

function encoded(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.9));
}

/** The canvas as a small file. Safari writes no WebP and answers with a PNG, which is large for photos: then JPEG. */
export async function pictureFile(canvas: HTMLCanvasElement): Promise<File> {
  const webp = await encoded(canvas, 'image/webp');
  const blob = webp?.type === 'image/webp' ? webp : await encoded(canvas, 'image/jpeg');
  if (!blob) throw new Error('The browser could not encode the picture.');
  return new File([blob], `avatar.${blob.type.slice('image/'.length)}`, { type: blob.type });
}
