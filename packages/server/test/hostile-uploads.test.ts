import { gzipSync } from 'node:zlib';
import { type HostileFile, hostileFiles, type SpawnedServer, spawnServer, until } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { download } from './support/files.ts';
import { hostilePictures } from './support/hostile-pictures.ts';
import { memoryOf } from './support/memory.ts';
import { RawRequest } from './support/raw-request.ts';
import { type Answer, ask, join, type Person, read, startPeople } from './support/rest.ts';
import { create, head } from './support/tus.ts';
import { expectNothingLeft, filesIn, formOf, gif, someBytes, uploadFor } from './support/uploads.ts';

const MiB = 1024 * 1024;
const isLinux = process.platform === 'linux';

let server: SpawnedServer;
let alice: Person;
let bob: Person;
beforeAll(async () => {
  server = await spawnServer();
  [alice, bob] = [await join(server.url, 'alice'), await join(server.url, 'bob')];
  await ask(server.url, 'rosterApply', { user_id: bob.uid }, { token: alice.token });
});
afterAll(() => server.close());
/** Whatever happened: it is there, has no complaints, and keeps nothing of what it refused. */
afterEach(async () => {
  expect((await ask(server.url, 'userProfile', {}, { token: alice.token })).code).toBe(200);
  expect(server.output).not.toMatch(/"level":[4-6]0/);
  await until(() => filesIn(server.data).staged.length === 0, 'nothing on its way');
});

/** Where alice may upload something for bob. */
async function address(name = '') {
  const wanted = { file_type: 100, to_id: bob.uid, name };
  const asked = await ask(server.url, 'fileUploadChat', wanted, { token: alice.token });
  return { asked, ...(asked.data as { upload_url: string; resumable_url: string; download_url: string }) };
}

async function postForm(url: string, body: Uint8Array, type = 'multipart/form-data; boundary=xyz', headers = {}) {
  const all = { 'content-type': type, ...headers };
  return read(await fetch(url, { method: 'POST', body: new Uint8Array(body), headers: all }));
}

/** A form with one file, and whatever is said of it. */
function form(bytes: Uint8Array, disposition: string, type = ''): Buffer {
  const lines = [
    `Content-Disposition: form-data; name="file"; ${disposition}`,
    ...(type ? [`Content-Type: ${type}`] : []),
  ];
  return Buffer.concat([Buffer.from(`--xyz\r\n${lines.join('\r\n')}\r\n\r\n`), bytes, Buffer.from('\r\n--xyz--\r\n')]);
}

/** Where it is, or why it was not taken. */
async function uploaded(body: Uint8Array, name = ''): Promise<string | Answer> {
  const { asked, upload_url, download_url } = await address(name);
  if (asked.code !== 200) return asked;
  const answer = await postForm(upload_url, body);
  return answer.code === 200 ? download_url : answer;
}

/** Sent as a message, and then fetched by whom it was sent to. */
async function received(url: string, query = {}, headers = {}): Promise<Response> {
  const message = { type: 1, targets: [bob.uid], content_type: 4, attachment: JSON.stringify({ url }) };
  expect((await ask(server.url, 'messageSend', message, { token: alice.token })).code).toBe(200);
  return download(url, { token: bob.token, query, headers });
}

const shown = /^(image\/(a?png|jpeg|gif|webp|avif)|(video|audio)\/[\w-]+)$/;

const oneName = /^(inline|attachment); filename=[\w.!#$%&'*+^`|~-]+(; filename\*=UTF-8''[\w.!#$%&+^`|~-]+)?$/;

/** What a browser is told of a file is such that nothing in it can do anything. */
function expectHarmless({ headers }: Response): void {
  const type = headers.get('content-type') ?? '';
  expect(type).not.toMatch(/html|xml|svg|script|css|json|multipart|message/);
  const disposition = headers.get('content-disposition') ?? '';
  // One line, one name, and no path in it.
  expect(disposition).toMatch(/^[\x20-\x2e\x30-\x7e]+$/);
  expect(disposition.replace(/"(?:[^"\\]|\\.)*"/, 'name')).toMatch(oneName);
  if (!shown.test(type)) expect(disposition).toMatch(/^attachment;/);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(headers.get('set-cookie')).toBe(null);
}

describe('a hostile file', () => {
  it.each(hostileFiles('http://127.0.0.1:9').map((file): [string, HostileFile] => [file.what, file]))(
    '%s is taken, and given away as what can do nothing',
    async (_what, { name, type, bytes }) => {
      const file = (await uploaded(form(bytes, `filename="${name}"`, type))) as string;
      const whole = await received(file);
      expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
      expectHarmless(whole);
      for (const query of [{ image_type: 2 }, { image_type: 3 }, { save: 'true' }]) {
        const response = await received(file, query);
        expect(response.status).toBe(200);
        expectHarmless(response);
        await response.arrayBuffer();
      }
      const some = await received(file, {}, { range: 'bytes=1-3' });
      expect(some.status).toBe(206);
      expectHarmless(some);
    },
  );
});

describe('an evil name', () => {
  const names: Record<string, string> = {
    'a path': '../../../../etc/passwd',
    'a path of Windows': '..\\..\\C:\\Windows\\win.ini',
    'a NUL': 'a.png\0.html',
    'a header': 'a.png\r\nSet-Cookie: session=evil\r\n\r\n<script>',
    quotes: `a"; filename="b.html`,
    'an encoded name': "a.png; filename*=UTF-8''b.html",
    '10 KB': 'x'.repeat(10_240),
    'nothing but controls before a character of two parts': `${'\x01'.repeat(1019)}\u{1f600}`,
    'half of a character': 'a\ud83d.png',
    'text from right to left': 'photo\u202egpj.exe',
    emoji: '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.png',
    'a device': 'con',
    'a hidden file': '.htaccess',
    markup: '<img src=x onerror=alert(1)>.png',
    'two dots': '..',
    spaces: '   ',
    percents: '%2e%2e%2f%00%0d%0a.png',
    'a prototype': '__proto__',
  };
  const ways: Record<string, (name: string) => Promise<string | Answer>> = {
    'in a form': (name) => uploaded(form(gif, `filename="${name.replace(/["\\]/g, '\\$&')}"`)),
    'in a form, as it is': (name) => uploaded(form(gif, `filename=${name}`)),
    'encoded in a form': (name) => uploaded(form(gif, `filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`)),
    'told beforehand': (name) => uploaded(form(gif, 'filename="a.gif"'), name.slice(0, 255).toWellFormed()),
    async 'by tus'(name) {
      const { resumable_url, download_url } = await address();
      const metadata = `filename ${Buffer.from(name).toString('base64')},filetype ${btoa('text/html')}`;
      const made = await create(resumable_url, gif.length, { 'upload-metadata': metadata }, gif);
      return made.status === 201 ? download_url : read(made);
    },
  };

  describe.each(Object.entries(ways))('%s', (_way, give) => {
    it.each(Object.entries(names))('is data, or refused as such: %s', async (_what, name) => {
      const given = await give(name);
      if (typeof given !== 'string') return expect(given).toMatchObject({ code: 10002 });
      const response = await received(given);
      expect(response.status).toBe(200);
      expectHarmless(response);
      await response.arrayBuffer();
    });
  });
});

describe('a picture that costs more than it should', () => {
  it('is taken within bounds, and the server and what looks at pictures stay small', async () => {
    const before = isLinux ? memoryOf(server.pid).now : 0;
    for (const [what, [type, bytes]] of Object.entries(await hostilePictures())) {
      const url = (await uploaded(form(bytes, 'filename="a"'))) as string;
      for (const image_type of [1, 2]) {
        const response = await received(url, { image_type });
        expectHarmless(response);
        const types = image_type === 1 ? [type] : [type, 'image/webp'];
        expect([what, response.status, types]).toEqual([
          what,
          200,
          expect.arrayContaining([response.headers.get('content-type')]),
        ]);
        await response.arrayBuffer();
      }
    }
    if (!isLinux) return;
    const { peak, children } = memoryOf(server.pid);
    expect(peak - before).toBeLessThan(100 * MiB);
    expect(children.map((child) => child.peak < 600 * MiB)).toEqual([true]);
  });
});

describe('a broken body', () => {
  const whole = form(gif, 'filename="a.gif"');
  const many = (count: number, name: (i: number) => string) =>
    Buffer.from(Array.from({ length: count }, (_, i) => `--xyz\r\n${name(i)}\r\n\r\nx\r\n`).join(''));
  const field = (i: number) => `Content-Disposition: form-data; name="field${i}"`;
  const long = `multipart/form-data; boundary=${'x'.repeat(10_000)}`;
  const headers = Array.from({ length: 5000 }, (_, i) => `\r\nX-${i}: y`).join('');
  const inner = form(gif, 'filename="b.html"', 'text/html').toString('latin1').replaceAll('xyz', 'abc');

  it.each<[what: string, body: Buffer, type?: string, headers?: Record<string, string>]>([
    ['of no bytes', Buffer.alloc(0)],
    ['of a file without bytes', form(Buffer.alloc(0), 'filename="a"')],
    ['that ends inside of its file', whole.subarray(0, -20)],
    ['that ends inside of its first line', whole.subarray(0, 20)],
    ['of 5,000 fields', Buffer.concat([many(5000, field), whole])],
    ['of 5,000 files that are not the one', Buffer.concat([many(5000, (i) => `${field(i)}; filename="a"`), whole])],
    [
      'of a field that has no name',
      Buffer.concat([many(1, () => 'Content-Disposition: form-data'), whole.subarray(0, 60)]),
    ],
    ['of lines without an end', Buffer.alloc(3 * MiB, '--xyz')],
    ['without a boundary', whole, 'multipart/form-data'],
    ['with an empty boundary', whole, 'multipart/form-data; boundary='],
    ['with a boundary of 10 KB', whole, long],
    ['that is of another kind of multipart', whole, 'multipart/mixed; boundary=xyz'],
    ['in another encoding', gzipSync(whole), undefined, { 'content-encoding': 'gzip' }],
  ])('%s is refused with words, and nothing is left of it', async (_what, body, type, headers) => {
    const { upload_url } = await address();
    const before = filesIn(server.data).rows.length;
    const answer = await postForm(upload_url, body, type, headers);
    expect(answer).toMatchObject({
      status: 200,
      code: 10002,
      message: expect.stringMatching(/form|file|body|multipart/),
    });
    expect(filesIn(server.data).rows).toHaveLength(before);
  });

  it.each<[what: string, body: Buffer]>([
    ['of a part with 5,000 headers', form(gif, `filename="a"${headers}`)],
    ['of a part with a header of 1 MB', form(gif, `filename="${'x'.repeat(MiB)}"`)],
    [
      'inside of which is another form',
      form(Buffer.from(inner, 'latin1'), 'filename="a"', 'multipart/mixed; boundary=abc'),
    ],
  ])('%s is one file all the same', async (_what, body) => {
    const response = await received((await uploaded(body)) as string);
    expect(response.status).toBe(200);
    expectHarmless(response);
    await response.arrayBuffer();
  });

  it.each<[what: string, lengths: Record<string, string | number>]>([
    ['a length that is too short', { 'content-length': whole.length - 30 }],
    ['a length that is no number', { 'content-length': 'many' }],
    ['a length below nothing', { 'content-length': -5 }],
    ['a length and pieces', { 'content-length': whole.length, 'transfer-encoding': 'chunked' }],
    ['pieces of a wrong length', { 'transfer-encoding': 'chunked' }],
    ['pieces in another encoding', { 'transfer-encoding': 'gzip, chunked' }],
  ])('with %s is refused', async (_what, lengths) => {
    const { upload_url } = await address();
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz', ...lengths };
    const request = await RawRequest.open(upload_url, 'POST', headers);
    await request.write(whole);
    const { status, body } = await request.answer();
    if (status === 200) expect(JSON.parse(body)).toMatchObject({ code: 10002 });
    else expect(status).toBe(400);
    request.cut();
  });

  it('that is cut anywhere leaves nothing', async () => {
    const large = form(someBytes(300_000), 'filename="a.bin"');
    for (const share of [0.001, 0.3, 0.6, 0.999]) {
      const { upload_url } = await address();
      const headers = { 'content-type': 'multipart/form-data; boundary=xyz', 'content-length': large.length };
      const request = await RawRequest.open(upload_url, 'POST', headers);
      await request.write(large.subarray(0, large.length * share));
      request.cut();
    }
  });
});

describe('tus that means ill', () => {
  it.each<[what: string, headers: Record<string, string>]>([
    ['a length beyond all numbers', { 'upload-length': '9'.repeat(400) }],
    ['a length below nothing', { 'upload-length': '-1' }],
    ['a length in another notation', { 'upload-length': '0x10' }],
    ['a length and none', { 'upload-defer-length': '1' }],
    ['a description that is none', { 'upload-metadata': `filename${' '.repeat(50)}!` }],
    ['a description of a prototype', { 'upload-metadata': `__proto__ ${btoa('x')},constructor ${btoa('x')}` }],
    ['parts of others', { 'upload-concat': 'final;/file/resumable?upload=a /file/resumable?upload=b' }],
  ])('%s is refused', async (_what, headers) => {
    const { resumable_url } = await address();
    const answer = await create(resumable_url, 100, headers);
    expect([400, 413, 501]).toContain(answer.status);
    expect(await head(resumable_url)).toBe('404');
  });

  it('a method or a place that a header names counts for nothing', async () => {
    const { resumable_url } = await address();
    const lies = {
      'x-http-method-override': 'DELETE',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const made = await create(resumable_url, 3, lies);
    expect([made.status, made.headers.get('location')]).toEqual([201, resumable_url]);
    expect((await create(resumable_url, gif.length, {}, gif)).status).toBe(201);
  });
});

describe('many slow uploads', () => {
  it('keep nobody else waiting, and end', async () => {
    const patience = { headersMs: 30_000, bodyMs: 30_000, stallMs: 600, restMs: 300, takeMs: 60_000 };
    const people = await startPeople({}, { patience });
    onTestFinished(() => people.close());
    const { type, body } = formOf(someBytes(50_000));
    const slow: RawRequest[] = [];
    for (const person of [people.alice, people.carol]) {
      for (let i = 0; i < 16; i++) {
        const asked = await uploadFor(people, person, people.bob);
        const headers = { 'content-type': type, 'content-length': body.length };
        const request = await RawRequest.open(asked.upload_url, 'POST', headers);
        await request.write(body.subarray(0, 2000));
        slow.push(request);
      }
    }
    const other = await uploadFor(people, people.bob, people.alice);
    expect((await postForm(other.upload_url, form(gif, 'filename="a"'))).code).toBe(200);
    for (const request of slow) await request.end();
    await until(() => filesIn(people.server.data).staged.length === 0, 'nothing on its way');
    expectNothingLeft(people.server.data);
  });
});
