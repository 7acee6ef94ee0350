import { serverRest } from '@flooim/protocol';
import { expect } from 'vitest';
import { type People, type Person, read } from './rest.ts';

/** A file that was uploaded. */
export interface Uploaded {
  /** Its name in links. */
  object: string;
  /** Its link, as messages and avatars have it. */
  url: string;
}

/** What somebody asks an address for. */
export type Purpose =
  | { name: 'fileUploadChat'; to_id: number; to_type?: number; file_type?: number }
  | { name: 'fileUploadAvatar' }
  | { name: 'fileUploadGroupAvatar'; group_id: number };

type By = Pick<People, 'url'>;

/** Uploads as deployed clients do: an address, then a form. */
export async function upload(
  { url }: By,
  person: Person,
  purpose: Purpose,
  bytes: Uint8Array | string = 'some bytes',
  name = 'notes.txt',
  appId = 'flooim',
): Promise<Uploaded> {
  const { name: endpoint, ...rest } = purpose;
  const target = new URL(serverRest[endpoint].path, url);
  const params = endpoint === 'fileUploadChat' ? { file_type: 100, ...rest } : rest;
  for (const [key, value] of Object.entries(params)) target.searchParams.set(key, String(value));
  const asked = await read(await fetch(target, { headers: { app_id: appId, 'access-token': person.token } }));
  expect(asked.code, asked.text).toBe(200);
  const form = new FormData();
  form.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  const sent = await read(await fetch(asked.data.upload_url, { method: 'POST', body: form }));
  expect([sent.code, sent.data], sent.text).toEqual([200, true]);
  const link = new URL(asked.data.download_url);
  const object = link.searchParams.get('file_sign') ?? link.searchParams.get('object_name') ?? '';
  return { object, url: asked.data.download_url };
}

/** For a user. */
export function chatFile(by: By, person: Person, to: Person, bytes?: Uint8Array | string, name?: string) {
  return upload(by, person, { name: 'fileUploadChat', to_id: to.uid }, bytes, name);
}

/** For a group; by default to be sent to it, not shared. */
export function groupFile(by: By, person: Person, gid: number, file_type = 100) {
  return upload(by, person, { name: 'fileUploadChat', to_id: gid, to_type: 2, file_type });
}

interface Fetching {
  token?: string;
  appId?: string;
  method?: string;
  headers?: Record<string, string>;
  query?: Record<string, string | number>;
}

/** Asks for a file by its link, with the credentials in headers. */
export function download(link: string, { token, appId = 'flooim', method, headers, query = {} }: Fetching) {
  const target = new URL(link);
  for (const [key, value] of Object.entries(query)) target.searchParams.set(key, String(value));
  const credentials = { ...(appId && { app_id: appId }), ...(token !== undefined && { 'access-token': token }) };
  return fetch(target, { method, redirect: 'manual', headers: { ...credentials, ...headers } });
}

/** The HTTP status of a download. */
export async function statusOf(link: string, fetching: Fetching): Promise<number> {
  const response = await download(link, fetching);
  await response.arrayBuffer();
  return response.status;
}

/** A picture of one pixel, as PNG. */
export const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A message's attachment that names a file, as clients write it. */
export function attachment({ url }: Uploaded): string {
  return JSON.stringify({ url, dName: 'notes.txt', fLen: 10 });
}

/** Sends a file over REST; the message's mid. */
export async function sendFile(
  people: People,
  by: Person,
  to: number,
  file: Uploaded,
  type: 'user' | 'group' = 'user',
) {
  const message = { type: type === 'user' ? 1 : 2, targets: [to], content_type: 4, attachment: attachment(file) };
  const answer = await people.as(by, 'messageSend', message);
  expect(answer.code, answer.text).toBe(200);
  return answer.msg_ids?.[0] as number;
}
