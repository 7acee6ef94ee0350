import type { IconName } from '../ui/icons.ts';

const endings: [IconName, RegExp][] = [
  ['image', /^(jpe?g|png|gif|webp|avif|heic|heif|bmp|tiff?|svg|psd|raw)$/],
  ['audio', /^(mp3|m4a|aac|wav|flac|ogg|opus|amr|wma)$/],
  ['video', /^(mp4|m4v|mov|webm|mkv|avi|wmv|3gp)$/],
  ['archive', /^(zip|rar|7z|tar|gz|tgz|bz2|xz|zst|dmg|iso)$/],
  ['sheet', /^(xlsx?|csv|tsv|ods|numbers)$/],
];

/** What stands after the last dot of a name, short enough to be one. */
export function ending(name: string): string {
  return /[^.]\.([\p{L}\d]{1,5})$/u.exec(name)?.[1] ?? '';
}

/** A picture of the kind that a file's name tells of. It may lie: it decides nothing else. */
export function fileIcon(name: string): IconName {
  const found = ending(name).toLowerCase();
  return endings.find(([, pattern]) => pattern.test(found))?.[0] ?? 'file';
}
