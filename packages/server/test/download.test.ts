import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { platform } from 'node:process';
import { until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlobStore } from '../src/blob/blob-store.ts';
import { usualPatience } from '../src/http/body-timeouts.ts';
import { createLog } from '../src/log.ts';
import { chatFile, download, onePixel, sendFile, statusOf, type Uploaded, upload } from './support/files.ts';
import { type People, type Person, read, standingClock, startPeople } from './support/rest.ts';

let people: People;
let alice: Person;
let bob: Person;
const lines: { msg: string; object?: string }[] = [];
const log = createLog('error', { write: (line) => lines.push(JSON.parse(line)) });
beforeAll(async () => {
  people = await startPeople({}, { log });
  ({ alice, bob } = people);
});
afterAll(() => people.close());

const ofAlice = (bytes?: Uint8Array | string, name?: string) => chatFile(people, alice, bob, bytes, name);
const get = (file: Uploaded, headers: Record<string, string> = {}, query: Record<string, string | number> = {}) =>
  download(file.url, { token: alice.token, headers, query });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const body = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('a download', () => {
  it('is the file, with what a browser must know of it', async () => {
    const response = await get(await ofAlice(onePixel, 'dot.png'));
    expect(response.status).toBe(200);
    expect(await body(response)).toEqual(onePixel);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(onePixel.length),
      'content-disposition': 'inline; filename=dot.png',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, max-age=300, must-revalidate',
      vary: 'access-token, app_id, user_id, group_id',
      'accept-ranges': 'bytes',
      etag: `"${sha256(onePixel)}"`,
      'access-control-allow-origin': '*',
    });
    expect(response.headers.get('access-control-expose-headers')).toContain('content-disposition');
  });

  it('of an avatar is the same by its own address', async () => {
    const file = await upload(people, alice, { name: 'fileUploadAvatar' }, onePixel, 'me.png');
    expect(file.url).toContain('/file/download/avatar?object_name=');
    expect(await body(await get(file))).toEqual(onePixel);
  });

  it('brings large files as they were', async () => {
    const bytes = randomBytes(20 * 1024 * 1024);
    expect(sha256(await body(await get(await ofAlice(bytes, 'random'))))).toBe(sha256(bytes));
  });

  it('asked for by HEAD has no body, and says all else', async () => {
    const file = await ofAlice(onePixel, 'dot.png');
    const head = await download(file.url, { token: alice.token, method: 'HEAD', headers: { range: 'bytes=0-3' } });
    const whole = await get(file);
    const told = (response: Response) => {
      const ofConnection = ['date', 'connection', 'keep-alive'];
      return [...response.headers].filter(([name]) => !ofConnection.includes(name));
    };
    expect([head.status, (await body(head)).length]).toEqual([200, 0]);
    expect(told(head)).toEqual(told(whole));
    await body(whole);
  });

  it.each([
    '&image_type=undefined',
    '&image_type=',
    '&image_type=9',
    '&image_type=1&image_type=2',
    '&imgage_type=x',
    '&w=100px&h=NaN',
    '&w=-5',
    '&thumbnail_strategy=1&source=miniprogram&sdk_sign=abc&format=mp3',
  ])('is not hindered by %s', async (query) => {
    const { url } = await ofAlice('some text');
    const response = await download(`${url}${query}`, { token: alice.token });
    expect([response.status, await response.text()]).toEqual([200, 'some text']);
  });
});

const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const html = '<!doctype html><html><body><script>alert(1)</script></body></html>';

describe('a file that could be a page or hold a script', () => {
  it.each<[what: string, bytes: Uint8Array | string, name: string]>([
    ['HTML', html, 'page.html'],
    ['SVG', svg, 'picture.svg'],
    ['SVG that says it is a PNG', svg, 'picture.png'],
    ['XHTML', `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${html}</html>`, 'page.xhtml'],
    ['JavaScript', 'alert(1)', 'code.js'],
    ['PDF', '%PDF-1.7\n%âãÏÓ\n1 0 obj', 'paper.pdf'],
    ['a program', Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1'), 'setup.exe'],
    ['nothing that anybody knows', randomBytes(64), 'noise'],
  ])('is saved, not shown: %s', async (_what, bytes, name) => {
    const { headers } = await get(await ofAlice(bytes, name));
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('content-type')).not.toMatch(/html|svg|xml|javascript|image/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('stays a picture where it is one too', async () => {
    const both = Buffer.concat([onePixel, Buffer.from(html)]);
    const { headers } = await get(await ofAlice(both, 'page.html'));
    expect(headers.get('content-type')).toBe('image/png');
  });
});

describe('the name of a download', () => {
  it.each<[name: string, disposition: string]>([
    ['holiday.png', 'inline; filename=holiday.png'],
    ['two words.png', 'inline; filename="two words.png"'],
    ['假期 📷.png', `inline; filename="?? ??.png"; filename*=UTF-8''%E5%81%87%E6%9C%9F%20%F0%9F%93%B7.png`],
    ['a"b\\c.png', 'inline; filename="a\\"b_c.png"'],
    ['../../etc/passwd', 'inline; filename=.._.._etc_passwd'],
    ['..', 'inline; filename=file'],
    ['x\u202Egnp.exe', 'inline; filename=xgnp.exe'],
    ["100%27 o'clock.png", `inline; filename="100%27 o'clock.png"; filename*=UTF-8''100%2527%20o%27clock.png`],
  ])('%j is told as %j', async (name, disposition) => {
    const response = await get(await named(name));
    expect(response.headers.get('content-disposition')).toBe(disposition);
  });

  it('stays where it is to be saved', async () => {
    const response = await get(await ofAlice(onePixel, 'dot.png'), {}, { save: 'true' });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=dot.png');
  });

  /** Past what forms and clients do to names. */
  async function named(name: string): Promise<Uploaded> {
    const params = { file_type: 102, to_id: bob.uid, name };
    const asked = await people.ok(alice, 'fileUploadChat', params);
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(onePixel)]), 'other');
    expect(await (await fetch(asked.upload_url, { method: 'POST', body: form })).json()).toMatchObject({ data: true });
    return { object: '', url: asked.download_url };
  }
});

describe('who has a file already', () => {
  it('is told so and gets it not again', async () => {
    const file = await ofAlice(onePixel, 'dot.png');
    const etag = `"${sha256(onePixel)}"`;
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await get(file, { 'if-none-match': tags, range: 'bytes=0-1' });
      expect([response.status, (await body(response)).length]).toEqual([304, 0]);
      expect(response.headers.get('etag')).toBe(etag);
      expect(response.headers.get('cache-control')).toContain('must-revalidate');
    }
    expect((await get(file, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is refused all the same when he may not read it', async () => {
    const { url } = await ofAlice(onePixel, 'dot.png');
    const headers = { 'if-none-match': `"${sha256(onePixel)}"` };
    expect((await download(url, { token: bob.token, headers })).status).toBe(403);
  });
});

describe('a part of a file', () => {
  const bytes = Buffer.from('0123456789');
  const asking = async (headers: Record<string, string>) => {
    const response = await get(await ofAlice(bytes), headers);
    return [response.status, response.headers.get('content-range'), (await body(response)).toString()];
  };

  it('is what was asked for', async () => {
    expect(await asking({ range: 'bytes=2-4' })).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await asking({ range: 'bytes=7-' })).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await asking({ range: 'bytes=-2' })).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await asking({ range: 'bytes=0-99' })).toEqual([206, 'bytes 0-9/10', '0123456789']);
  });

  it('is the whole where several are asked for, or none that makes sense', async () => {
    for (const range of ['bytes=0-1,4-5', 'bytes=5-2', 'words=1-2']) {
      expect(await asking({ range })).toEqual([200, null, '0123456789']);
    }
  });

  it('is refused beyond the end, and the size is told', async () => {
    const response = await get(await ofAlice(bytes), { range: 'bytes=10-' });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect((await read(response)).message).toContain('Range');
  });

  it('is a part only of the file that somebody began with', async () => {
    const etag = `"${sha256(bytes)}"`;
    expect(await asking({ range: 'bytes=2-4', 'if-range': etag })).toEqual([206, 'bytes 2-4/10', '234']);
    for (const other of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2015 07:28:00 GMT']) {
      expect(await asking({ range: 'bytes=2-4', 'if-range': other })).toEqual([200, null, '0123456789']);
    }
  });
});

describe('a refused download', () => {
  it('says so by its status and in an envelope, which pages of other origins can read', async () => {
    const { url } = await ofAlice();
    const response = await download(url, { token: bob.token });
    const { headers } = response;
    expect([response.status, headers.get('access-control-allow-origin')]).toEqual([403, '*']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    for (const header of ['etag', 'content-disposition', 'accept-ranges']) expect(headers.get(header)).toBe(null);
    expect(await read(response)).toMatchObject({ code: 10010, message: 'you may not read this file' });
  });

  it('names the parameter that is wrong', async () => {
    const bare = await download(`${people.url}/file/download/chat`, { token: alice.token });
    expect([bare.status, (await read(bare)).message]).toEqual([400, expect.stringContaining('file_sign')]);
    const long = await download(`${people.url}/file/download/avatar?object_name=${'x'.repeat(65)}`, alice);
    expect([long.status, (await read(long)).message]).toEqual([400, expect.stringContaining('object_name')]);
  });

  it.each(['x', '../../secret.json', '%00', 'A'.repeat(22), '..%2F..%2Fflooim.db', "' OR 1=1 --"])(
    'finds no file called %s',
    async (name) => {
      const url = `${people.url}/file/download/chat?file_sign=${encodeURIComponent(name)}`;
      expect([400, 404]).toContain((await download(url, { token: alice.token })).status);
    },
  );

  it('of which the bytes are lost is an error in the log', async () => {
    const file = await ofAlice();
    await people.server.context.blobs.remove(file.object);
    const response = await get(file);
    expect([response.status, (await read(response)).code]).toEqual([404, 10002]);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'the bytes of a file are lost', object: file.object }));
  });

  it('of a file that goes just then is not there, and no error', async () => {
    let opening = async () => {};
    const blobs = (usual: BlobStore): BlobStore => ({
      put: (...what) => usual.put(...what),
      read: (...what) => opening().then(() => usual.read(...what)),
      remove: (object) => usual.remove(object),
    });
    const going = await startPeople({}, { log, blobs });
    const file = await chatFile(going, going.alice, going.bob);
    const msg_id = await sendFile(going, going.alice, going.bob.uid, file);
    opening = async () => {
      await going.ok(going.alice, 'messageRecall', { conversation_id: going.bob.uid, msg_id });
      await going.server.context.blobs.remove(file.object);
    };
    expect(await statusOf(file.url, { token: going.bob.token })).toBe(404);
    expect(lines).not.toContainEqual(expect.objectContaining({ object: file.object }));
    await going.close();
  });

  it('that comes too often is told to wait', async () => {
    const slow = await startPeople({ userRequestsPerSec: 5 }, { clock: standingClock() });
    const statuses = new Set<number>();
    const { url } = await chatFile(slow, slow.alice, slow.bob);
    await until(async () => {
      statuses.add((await download(url, { token: slow.alice.token })).status);
      return statuses.has(429);
    }, 'a refusal');
    expect(statuses).toEqual(new Set([200, 429]));
    await slow.close();
  });
});

describe('a page of another origin', () => {
  it('may ask for parts with the credentials in headers', async () => {
    const response = await fetch(`${people.url}/file/download/chat?file_sign=x`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'access-token,app_id,range',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toMatch(/access-token.*range/);
  });
});

describe.runIf(platform === 'linux')('a client that goes away', () => {
  const isOpen = ({ object }: Uploaded) =>
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).endsWith(object);
      } catch {
        return false;
      }
    });

  it('leaves no file open, and one that does not read keeps the rest on disk', async () => {
    const file = await ofAlice(randomBytes(20 * 1024 * 1024), 'large');
    const before = process.memoryUsage().arrayBuffers;
    const asked = request(file.url, { headers: { app_id: 'flooim', 'access-token': alice.token } });
    asked.on('error', () => {});
    asked.on('response', (response) => response.pause());
    asked.end();
    await until(() => isOpen(file), 'a file that is open');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024);
    asked.destroy();
    await until(() => !isOpen(file), 'a file that is closed');
  });

  it('without a word is given up when it takes nothing more', async () => {
    const strict = await startPeople({}, { patience: { ...usualPatience, takeMs: 500 } });
    const file = await chatFile(strict, strict.alice, strict.bob, randomBytes(20 * 1024 * 1024), 'large');
    const headers = { app_id: 'flooim', 'access-token': strict.alice.token };
    const stalled = request(file.url, { headers, agent: false });
    stalled.on('error', () => {});
    stalled.on('response', (response) => response.pause());
    stalled.end();
    await until(() => isOpen(file), 'a file that is open');
    await until(() => !isOpen(file), 'a file that is closed');
    stalled.destroy();
    await strict.close();
  });
});
