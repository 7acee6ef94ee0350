import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type People, read, startPeople } from './support/rest.ts';
import {
  expectNothingLeft,
  filesIn,
  finish,
  formOf,
  gif,
  objectOf,
  post,
  sha256,
  someBytes,
  uploadFor,
} from './support/uploads.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const address = (more = {}) => uploadFor(people, people.alice, people.bob, more);

/** Uploads and says what became of it. */
async function uploaded(bytes: Uint8Array<ArrayBuffer> | string, name?: string) {
  const upload = await address();
  const answer = await post(upload.upload_url, bytes, { name });
  expect(answer.text).toBe('{"code":200,"data":true}');
  return (await finish(people, upload)).data;
}

async function sendBody(url: string, body: BodyInit | undefined, type: string | undefined) {
  return read(await fetch(url, { method: 'POST', body, headers: type === undefined ? {} : { 'content-type': type } }));
}

describe('a form with a file', () => {
  it('is taken as deployed clients send it', async () => {
    const upload = await address();
    const fields = { OSSAccessKeyId: 'undefined', policy: 'undefined', signature: 'undefined', key: 'undefined' };
    const answer = await post(upload.upload_url, gif, { name: 'cat.gif', fields });
    expect([answer.status, answer.text]).toEqual([200, '{"code":200,"data":true}']);
    const { data } = await finish(people, upload);
    expect(data).toMatchObject({ name: 'cat.gif', type: 'image/gif', size: gif.length, sha256: sha256(gif) });
    expect(data.download_url).toBe(upload.download_url);
    expectNothingLeft(people.server.data);
  });

  it('is stored byte for byte, however large its pieces are', async () => {
    for (const size of [1, 65_535, 65_536, 65_537, 3_000_001]) {
      const bytes = someBytes(size, size);
      expect(await uploaded(bytes)).toMatchObject({ size, sha256: sha256(bytes) });
    }
    expectNothingLeft(people.server.data);
  });

  it('may have more fields than we know, but not any number of them', async () => {
    const some = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field${i}`, 'x'.repeat(20_000)]));
    expect((await post((await address()).upload_url, gif, { fields: some })).code).toBe(200);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, 'x']));
    const refused = await post((await address()).upload_url, gif, { fields: many });
    expect([refused.status, refused.code]).toEqual([200, 10002]);
    expect(refused.message).toContain('fields');
  });

  it('counts by its first file, when it has several', async () => {
    const upload = await address();
    const form = new FormData();
    form.append('other', new Blob(['not this one']), 'other.txt');
    form.append('file', new Blob(['the first']), 'first.txt');
    form.append('file', new Blob(['the second']), 'second.txt');
    expect((await read(await fetch(upload.upload_url, { method: 'POST', body: form }))).code).toBe(200);
    expect((await finish(people, upload)).data).toMatchObject({ name: 'first.txt', size: 9 });
  });

  it.each([
    ['the field is not there', new FormData(), 'file is required'],
    ['the field is another one', formOf(gif, 'name="picture"; filename="a.gif"'), 'file is required'],
    ['there is no name of a field', formOf(gif, 'filename="a.gif"'), 'file is required'],
    ['the body is JSON', { type: 'application/json', body: '{"file":"x"}' }, 'multipart/form-data'],
    ['the body is a plain form', { type: 'application/x-www-form-urlencoded', body: 'file=x' }, 'multipart/form-data'],
    ['the body is of no type', { type: undefined, body: Buffer.from('x') }, 'multipart/form-data'],
    ['the type is nonsense', { type: 'nonsense', body: 'x' }, 'multipart/form-data'],
    ['there is no body', { type: undefined, body: undefined }, 'multipart/form-data'],
    ['there is no boundary', { type: 'multipart/form-data', body: 'x' }, 'multipart/form-data'],
    [
      'the boundary is another one',
      { ...formOf(gif), type: 'multipart/form-data; boundary=abc' },
      'multipart/form-data',
    ],
    ['nothing is in the form', { type: 'multipart/form-data; boundary=xyz', body: '--xyz--\r\n' }, 'file is required'],
  ])('is refused when %s', async (_what, form, complaint) => {
    const upload = await address();
    const { body, type } = form instanceof FormData ? { body: form, type: undefined } : form;
    const answer = await sendBody(upload.upload_url, body as BodyInit, type);
    expect([answer.status, answer.code]).toEqual([200, 10002]);
    expect(answer.message).toContain(complaint);
    expectNothingLeft(people.server.data);
  });

  it('is refused when its file is empty', async () => {
    const answer = await post((await address()).upload_url, '');
    expect([answer.code, answer.message]).toEqual([10002, 'the file is empty']);
    expectNothingLeft(people.server.data);
  });

  it('is refused without an address, and with one that nobody made', async () => {
    const upload = await address();
    for (const url of [
      `${people.url}/file/upload`,
      `${people.url}/file/upload?upload=`,
      `${people.url}/file/upload?upload=${'a'.repeat(300)}.${'b'.repeat(43)}`,
      upload.upload_url.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    ]) {
      expect(await post(url, gif), url).toMatchObject({ status: 200, code: 10002 });
    }
  });
});

describe("a file's name", () => {
  it.each([
    ['Hebrew', 'שלום עולם.pdf', 'שלום עולם.pdf'],
    ['Chinese and emoji', '猫👨‍👩‍👧.png', '猫👨‍👩‍👧.png'],
    ['a path', '../../etc/passwd', '../../etc/passwd'],
    ['a path of Windows', 'C:\\fakepath\\a.txt', 'C:\\fakepath\\a.txt'],
    ['control characters', 'a\u0000b\u0007c\u0085.txt', 'abc.txt'],
    ['one that turns the direction', 'gpj.\u202eexe', 'gpj.exe'],
    ['spaces around it', '  a.txt ', 'a.txt'],
    ['10,000 characters', '𝒳'.repeat(10_000), '𝒳'.repeat(255)],
  ])('is kept as it is, or what can be shown of it: %s', async (_what, name, kept) => {
    const upload = await address();
    const { type, body } = formOf(gif, `name="file"; filename="${name.replaceAll('\\', '\\\\')}"`);
    expect((await sendBody(upload.upload_url, body, type)).code).toBe(200);
    expect((await finish(people, upload)).data.name).toBe(kept);
  });

  it('may be missing, and may be told beforehand', async () => {
    const without = await address();
    const { type, body } = formOf(gif, 'name="file"');
    expect((await sendBody(without.upload_url, body, type)).code).toBe(200);
    expect((await finish(people, without)).data).toMatchObject({ name: '', size: gif.length });
    const told = await address({ name: 'told "beforehand"\n.gif' });
    expect((await post(told.upload_url, gif, { name: 'blob' })).code).toBe(200);
    expect((await finish(people, told)).data.name).toBe('told "beforehand".gif');
  });

  it('told beforehand fits into an address, however long it is', async () => {
    const name = '\u{1f680}'.repeat(255);
    const upload = await address({ name });
    expect((await post(upload.upload_url, gif)).code).toBe(200);
    expect((await finish(people, upload)).data.name).toBe(name);
  });
});

/** The beginning of an archive. */
function zipOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\u0003\u0004', 'latin1');
  header.writeUInt32LE(content.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name + content)]);
}

describe("a file's type", () => {
  const text = 'text/plain; charset=utf-8';
  const bytes = 'application/octet-stream';

  it.each([
    ['a page', '<!DOCTYPE html><script>alert(1)</script>', text],
    ['a picture with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', text],
    ['XML', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', text],
    ['a script', 'alert("hello")', text],
    ['a calendar', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', text],
    ['text in many languages', 'grüße, 你好, \u{1f600}\r\n\tשלום\f', text],
    ['text with a mark of its encoding', '\ufefftext', text],
    ['text with a NUL', 'text\0', bytes],
    ['text with controls', 'text\u001b[31m', bytes],
    ['text with controls of C1', 'text\u0085', bytes],
    ['text in Latin-1', Buffer.from('grüße', 'latin1'), bytes],
    ['a page in UTF-16', Buffer.from('\ufeff<html><script>alert(1)</script>', 'utf16le'), bytes],
    ['XML in UTF-16', Buffer.from('\ufeff<?xml version="1.0"?><svg/>', 'utf16le'), bytes],
    ['text that breaks off inside a character', Buffer.from('grün').subarray(0, 3), bytes],
    ['a picture that calls itself a page', Buffer.concat([gif, Buffer.from('<script>alert(1)</script>')]), 'image/gif'],
    [
      'a document of an office',
      zipOf(
        '[Content_Types].xml',
        '<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>',
      ),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['a PDF', '%PDF-1.7\n', 'application/pdf'],
    ['nothing in particular', someBytes(1000), bytes],
  ])('is that of what is in it: %s', async (_what, content, type) => {
    expect((await uploaded(content as Uint8Array<ArrayBuffer>, 'page.html')).type).toBe(type);
  });

  it('looks at all of a text, also where its pieces end inside a character', async () => {
    const long = 'ü€\u{1f600}'.repeat(100_000);
    expect((await uploaded(`x${long}`)).type).toBe(text);
    expect((await uploaded(`${long}\0`)).type).toBe(bytes);
    expect((await uploaded(Buffer.concat([Buffer.from(long), Buffer.from([0xe2, 0x82])]))).type).toBe(bytes);
  });
});

describe('the address of an upload', () => {
  it('is for one file: the same again is that file, another one is refused', async () => {
    const upload = await address();
    expect((await post(upload.upload_url, gif, { name: 'a.gif' })).code).toBe(200);
    const again = await post(upload.upload_url, gif, { name: 'b.gif' });
    expect(again.text).toBe('{"code":200,"data":true}');
    const other = await post(upload.upload_url, someBytes(100));
    expect([other.status, other.code, other.message]).toEqual([
      200,
      10010,
      'the upload address was used for another file',
    ]);
    expect((await finish(people, upload)).data).toMatchObject({ name: 'a.gif', sha256: sha256(gif) });
    expectNothingLeft(people.server.data);
  });

  it('takes one of many files that come at the same time, and that one whole', async () => {
    const upload = await address();
    const files = Array.from({ length: 8 }, (_, i) => someBytes(200_000, i % 4));
    const answers = await Promise.all(files.map((bytes) => post(upload.upload_url, bytes)));
    const { sha256: kept } = (await finish(people, upload)).data;
    const expected = files.map((bytes) => (sha256(bytes) === kept ? 200 : 10010));
    expect(answers.map(({ code }) => code)).toEqual(expected);
    expect(expected.filter((code) => code === 200)).toHaveLength(2);
    expectNothingLeft(people.server.data);
  });

  it('names the file before it is there', async () => {
    const upload = await address();
    const early = await finish(people, upload);
    expect([early.code, early.message]).toEqual([10002, 'the file did not arrive whole']);
    expect(filesIn(people.server.data).rows.map((row) => row['object'])).not.toContain(objectOf(upload));
    await post(upload.upload_url, gif);
    expect((await finish(people, upload)).code).toBe(200);
  });
});
