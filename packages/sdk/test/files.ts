import { createHash } from 'node:crypto';
import type { FileUploadParam, FileUploadResult } from 'flooim';
import type { Person } from './people.ts';

/** Bytes that nothing takes for a known kind of file, and no two parts of which are alike. */
export function someBytes(size: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = size; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function someFile(size: number, name = 'some.bin'): File {
  return new File([someBytes(size)], name);
}

/** A picture of one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

export const picture = (name = 'me.png') => new File([pixel], name, { type: 'image/png' });

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** For somebody's conversation with another one. */
export function uploadTo(from: Person, to: Person, more: Partial<FileUploadParam> = {}): Promise<FileUploadResult> {
  const file = someFile(1000);
  return from.im.sysManage.asyncFileUpload({ file, toType: 'chat', to_id: to.uid, ...more });
}

export interface Got {
  status: number;
  bytes: Buffer;
}

/** What a page gets that shows the link. */
export async function get(url: string): Promise<Got> {
  const response = await fetch(url);
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** What somebody gets who has the link of a file. */
export function download(by: Person, url: string): Promise<Got> {
  return get(by.im.sysManage.getFileUrl({ url }));
}
