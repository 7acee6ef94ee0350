import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FileUpload } from '@flooim/protocol';
import { expect } from 'vitest';
import { type Answer, type People, type Person, read } from './rest.ts';

/** A small but whole picture. */
export const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** Bytes that are nothing in particular, the same for the same seed. */
export function someBytes(size: number, seed = 1): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where somebody may upload a file for somebody else. */
export async function uploadFor(
  people: People,
  from: Person,
  to: Person,
  more: { size?: number; name?: string } = {},
): Promise<FileUpload> {
  return people.ok(from, 'fileUploadChat', { file_type: 100, to_id: to.uid, ...more });
}

/** Posts a form as deployed clients do: fields first, then the file. */
export async function post(
  url: string,
  bytes: BlobPart,
  {
    name = 'a.bin',
    fields = {},
    field = 'file',
  }: { name?: string; fields?: Record<string, string>; field?: string } = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append(field, new Blob([bytes]), name);
  return read(await fetch(url, { method: 'POST', body: form }));
}

/** The bytes of a form with one file, to be sent by hand. */
export function formOf(
  bytes: Uint8Array,
  disposition = 'name="file"; filename="a.bin"',
): { type: string; body: Buffer<ArrayBuffer> } {
  const head = `--xyz\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`;
  return {
    type: 'multipart/form-data; boundary=xyz',
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--xyz--\r\n')]),
  };
}

export function objectOf({ download_url }: FileUpload): string {
  return download_url.slice(download_url.lastIndexOf('=') + 1);
}

/** The part of an address that says what may be uploaded. */
export function passOf({ upload_url }: FileUpload): string {
  return new URL(upload_url).searchParams.get('upload') ?? '';
}

export async function finish(people: People, upload: FileUpload): Promise<Answer> {
  return people.as(people.alice, 'fileFinish', { upload: passOf(upload) });
}

/** What is where of files, in a data folder. */
export function filesIn(data: string) {
  const db = new DatabaseSync(join(data, 'flooim.db'), { readOnly: true, timeout: 20_000 });
  try {
    return {
      rows: db.prepare('SELECT object, name, type, size, sha256, owner FROM file ORDER BY id').all(),
      strays: db
        .prepare('SELECT object FROM stray_object')
        .all()
        .map((row) => String(row['object'])),
      used: Number(db.prepare('SELECT coalesce(sum(bytes), 0) AS n FROM file_usage WHERE uid > 0').get()?.['n']),
      objects: objectsIn(join(data, 'files')),
      staged: readdirSync(join(data, 'incoming')),
      /** Of uploads that can be resumed, what has come. */
      partBytes: bytesIn(join(data, 'incoming'), '.tus'),
    };
  } finally {
    db.close();
  }
}

function bytesIn(folder: string, ending: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function objectsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((part) => readdirSync(join(folder, part)));
}

/** Every row has its object, whole; every object has its row. Nothing is on its way. */
export function expectNothingLeft(data: string): void {
  const { rows, strays, used, objects, staged } = filesIn(data);
  expect({ strays, staged }).toEqual({ strays: [], staged: [] });
  expect(objects.toSorted()).toEqual(rows.map((row) => row['object']).toSorted());
  expect(used).toBe(rows.reduce((sum, row) => sum + Number(row['size']), 0));
  for (const row of rows) {
    const object = String(row['object']);
    const bytes = readFileSync(join(data, 'files', object.slice(0, 2), object));
    expect(sha256(bytes)).toBe(Buffer.from(row['sha256'] as Uint8Array).toString('hex'));
  }
}
