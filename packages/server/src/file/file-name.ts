import { limits } from '@flooim/protocol';

/** Controls, line separators, and what turns the direction of the text after it, so that a name looks like another one. */
const unseemly = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A name as its uploader wrote it, as far as it can be shown: it is data, never a path. */
export function cleanFileName(given: string): string {
  const clean = given
    .toWellFormed()
    .slice(0, limits.fileNameChars * 4)
    .replace(unseemly, '')
    .trim();
  return [...clean].slice(0, limits.fileNameChars).join('');
}
