import { limits } from '@flooim/protocol';

const marks = [Buffer.from('file_sign'), Buffer.from('object_name')];
/** In each of them, and in few messages: one byte is found fastest. */
const underscore = 0x5f;
/** As a link has it, also one inside of JSON or of another link, where some writers do not leave a `=` as it is. */
const named = /(?:file_sign|object_name)(?:=|\\+u003d|%3d)([\w-]{22})/gi;

/** The files that a message names, as far as one message counts. Most name none, and most messages come through here. */
export function objectsIn(payload: Uint8Array): string[] {
  if (!payload.includes(underscore)) return [];
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (!marks.some((mark) => bytes.includes(mark))) return [];
  return objectsOf(bytes.toString('latin1')).slice(0, limits.filesPerMessage);
}

/** The file of ours that a link names, or that is named as itself; undefined for what is elsewhere. */
export function objectIn(link: string): string | undefined {
  return isObject(link) ? link : objectsOf(link)[0];
}

/** Whether it is named as files are. */
function isObject(name: string): boolean {
  return /^[\w-]{22}$/.test(name);
}

/** How the blob store calls a small picture of a file. */
export function smallPictureOf(object: string, side: number): string {
  return `${object}.t${side}`;
}

function objectsOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(named), ([, object = '']) => object))];
}
