import { create as contentDisposition } from 'content-disposition';
import { cleanFileName } from './file-name.ts';

/** What browsers show and play by code that runs no scripts. Everything else is saved, never opened as a page. */
const shown: ReadonlySet<string> = new Set([
  'image/png',
  'image/apng',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'video/x-m4v',
  'audio/mpeg',
  'audio/ogg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/wav',
  'audio/flac',
  'audio/amr',
]);

/** What a browser must know of a stranger's file, whatever is in it. */
export const guardHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Pages of other origins show what their users may read.
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/**
 * A file never changes, but the right to read it can end: then a browser may show what it has for as long as this. After that
 * it asks again, and gets an answer without a body if all is as it was.
 */
export const cacheHeaders = {
  'cache-control': 'private, max-age=300, must-revalidate',
  // Whoever signs in next to the same browser is somebody else.
  vary: 'access-token, app_id, user_id, group_id',
} as const;

/** The value of `content-disposition`: whether a file of this type is shown or saved, and under which name. */
export function dispositionOf({ type, name }: { type: string; name: string }, save: boolean): string {
  const isShown = !save && shown.has((type.split(';', 1)[0] ?? '').trim().toLowerCase());
  return contentDisposition(nameOnDisk(name), { type: isShown ? 'inline' : 'attachment' });
}

/** A name that somebody wrote, as one that a folder can hold. */
function nameOnDisk(name: string): string {
  const clean = cleanFileName(name).replace(/[/\\]/g, '_');
  return /^\.*$/.test(clean) ? 'file' : clean;
}
