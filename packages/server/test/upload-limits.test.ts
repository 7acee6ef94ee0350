import { connect } from 'node:net';
import { limits } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RawRequest } from './support/raw-request.ts';
import { ask, type People, startPeople } from './support/rest.ts';
import { expectNothingLeft, filesIn, formOf, gif, passOf, post, someBytes, uploadFor } from './support/uploads.ts';

const megabyte = 1024 * 1024;

const patience = { headersMs: 30_000, bodyMs: 800, stallMs: 10_000, restMs: 300, takeMs: 60_000 };

let people: People;
beforeAll(async () => {
  people = await startPeople({ fileMb: 1 }, { patience });
});
afterAll(() => people.close());

const address = (more = {}) => uploadFor(people, people.alice, people.bob, more);

/** A form that has begun: its file has so many bytes already. */
async function begin(url: string, bytes: number): Promise<RawRequest> {
  const { type, body } = formOf(someBytes(bytes));
  const request = await RawRequest.open(url, 'POST', { 'content-type': type, 'content-length': 500_000 });
  await request.write(body.subarray(0, body.length - 10));
  return request;
}

async function staged(count: number): Promise<void> {
  await until(() => filesIn(people.server.data).staged.length === count, `${count} staged files`);
}

describe('a file that is too large', () => {
  it('is refused before there is an address for it', async () => {
    const asked = { file_type: 100, to_id: people.bob.uid };
    const refused = await people.as(people.alice, 'fileUploadChat', { ...asked, size: megabyte + 1 });
    expect([refused.code, refused.message]).toEqual([10002, `the file is too large: size must be at most ${megabyte}`]);
    expect((await people.as(people.alice, 'fileUploadChat', { ...asked, size: megabyte })).code).toBe(200);
    const avatar = await people.as(people.alice, 'fileUploadAvatar', { size: limits.avatarBytes + 1 });
    expect(avatar.message).toContain('the file is too large');
  });

  it('is refused before its first byte, if the request says how long it is', async () => {
    const { upload_url } = await address();
    const { type } = formOf(gif);
    const request = await RawRequest.open(upload_url, 'POST', { 'content-type': type, 'content-length': 2 * megabyte });
    const { status, body } = await request.answer();
    expect([status, JSON.parse(body).message]).toEqual([
      200,
      `the file is too large: size must be at most ${megabyte}`,
    ]);
    await request.end();
  });

  it('is refused so that a client hears of it that sends on all the same', async () => {
    const { upload_url } = await address();
    const { type, body } = formOf(someBytes(3 * megabyte));
    for (const isChunked of [false, true]) {
      const [name, value] = isChunked ? ['transfer-encoding', 'chunked'] : ['content-length', body.length];
      const request = await RawRequest.open(upload_url, 'POST', { 'content-type': type, [name as string]: value });
      for (let at = 0; at < body.length; at += 65_536) {
        const piece = body.subarray(at, at + 65_536);
        if (isChunked) await request.chunk(piece);
        else await request.write(piece);
      }
      const answer = await request.answer();
      expect(JSON.parse(answer.body).message).toContain('the file is too large');
      request.cut();
    }
    expectNothingLeft(people.server.data);
  });

  it('is as large as its bytes, not as the form around them', async () => {
    expect((await post((await address()).upload_url, someBytes(megabyte))).code).toBe(200);
    expect((await post((await address()).upload_url, someBytes(megabyte + 1))).message).toContain(
      'the file is too large',
    );
    expectNothingLeft(people.server.data);
  });
});

describe('an avatar', () => {
  it('is a picture by its content', async () => {
    const { upload_url } = await people.ok(people.alice, 'fileUploadAvatar', {});
    expect((await post(upload_url, 'no picture', { name: 'a.png' })).message).toContain(
      'the file is of the wrong kind',
    );
    expectNothingLeft(people.server.data);
    expect((await post(upload_url, gif)).code).toBe(200);
    const shared = await people.ok(people.alice, 'fileUploadAvatar', {});
    const pdf = await post(shared.upload_url, '%PDF-1.7\n');
    expect(pdf.message).toBe('the file is of the wrong kind: an avatar is a picture, not application/pdf');
  });

  it('has a limit of its own', async () => {
    const { upload_url } = await people.ok(people.alice, 'fileUploadAvatar', {});
    const picture = Buffer.concat([gif, someBytes(limits.avatarBytes)]);
    expect((await post(upload_url, picture)).message).toContain('the file is too large');
    expect((await post(upload_url, picture.subarray(0, limits.avatarBytes))).code).toBe(200);
    expectNothingLeft(people.server.data);
  });
});

describe('the room for files', () => {
  const full = (detail: string) => `there is no room for more files: ${detail}`;
  const ofUser = full(`a user may store ${3 * megabyte} bytes`);

  async function startSmall() {
    const small = await startPeople({ fileMb: 1, userFileMb: 3 });
    onTestFinished(() => small.close());
    return { ...small, address: () => uploadFor(small, small.alice, small.bob) };
  }

  it('of a user ends, before his bytes have come and when they are there', async () => {
    const small = await startSmall();
    for (let i = 0; i < 3; i++)
      expect((await post((await small.address()).upload_url, someBytes(megabyte - 1, i))).code).toBe(200);
    const asked = await small.as(small.alice, 'fileUploadChat', { file_type: 100, to_id: small.bob.uid, size: 4 });
    expect([asked.code, asked.message]).toEqual([10010, ofUser]);
    const { upload_url } = await small.address();
    const early = await RawRequest.open(upload_url, 'POST', {
      'content-type': formOf(gif).type,
      'content-length': 500_000,
    });
    expect(JSON.parse((await early.answer()).body).message).toBe(ofUser);
    early.cut();
    expect((await post(upload_url, 'four')).message).toBe(ofUser);
    expect((await post(upload_url, 'abc')).code).toBe(200);
    expectNothingLeft(small.server.data);
    expect((await post((await uploadFor(small, small.bob, small.alice)).upload_url, 'four')).code).toBe(200);
  });

  it('is not overdrawn by uploads that come at the same time', async () => {
    const small = await startSmall();
    const addresses = await Promise.all(Array.from({ length: 6 }, () => small.address()));
    const answers = await Promise.all(addresses.map(({ upload_url }, i) => post(upload_url, someBytes(megabyte, i))));
    expect(answers.filter(({ code }) => code === 200)).toHaveLength(3);
    expect(filesIn(small.server.data).used).toBe(3 * megabyte);
    expectNothingLeft(small.server.data);
  });

  it('is not asked for again by the same file, whose answer was lost', async () => {
    const small = await startSmall();
    const uploads = await Promise.all(Array.from({ length: 3 }, () => small.address()));
    for (let again = 0; again < 2; again++) {
      for (const [i, { upload_url }] of uploads.entries())
        expect((await post(upload_url, someBytes(megabyte, i))).message).toBe('');
    }
    expect((await post((await small.address()).upload_url, someBytes(megabyte))).message).toBe(ofUser);
    expectNothingLeft(small.server.data);
  });

  it('of an app ends for all of its users', async () => {
    const small = await startSmall();
    const token = small.server.context.secrets.operatorToken;
    const limit = { app_id: 'flooim', file_bytes_limit: 10 };
    expect((await ask(small.url, 'operatorAppUpdate', limit, { token })).data).toMatchObject({
      ...limit,
      file_bytes: 0,
    });
    expect((await post((await small.address()).upload_url, 'six by')).code).toBe(200);
    const { upload_url } = await uploadFor(small, small.bob, small.alice);
    expect((await post(upload_url, 'five5')).message).toBe(full('the app may store 10 bytes'));
    expect((await post(upload_url, 'four')).code).toBe(200);
    expect((await ask(small.url, 'operatorApps', {}, { token })).data[0].file_bytes).toBe(10);
    expectNothingLeft(small.server.data);
  });
});

describe('uploads at the same time', () => {
  it('are so many of one user and no more; others have room', async () => {
    const addresses = await Promise.all(Array.from({ length: limits.uploadsPerUser + 1 }, () => address()));
    const last = addresses.pop();
    const requests = await Promise.all(addresses.map(({ upload_url }) => begin(upload_url, 1000)));
    await staged(limits.uploadsPerUser);
    const refused = await post(last?.upload_url ?? '', gif);
    expect([refused.code, refused.message]).toEqual([
      10028,
      'too many uploads at the same time: at most 16 of one user',
    ]);
    expect((await post((await uploadFor(people, people.bob, people.alice)).upload_url, gif)).code).toBe(200);
    for (const request of requests) request.cut();
    await staged(0);
    expect((await post(last?.upload_url ?? '', gif)).code).toBe(200);
    expectNothingLeft(people.server.data);
  });
});

describe('a request that takes its time', () => {
  it('is cut off when it is an upload and nothing comes any more', async () => {
    const strict = await startPeople({}, { patience: { ...patience, stallMs: 300 } });
    onTestFinished(() => strict.close());
    const { upload_url } = await uploadFor(strict, strict.alice, strict.bob);
    const request = await begin(upload_url, 100_000);
    await request.end();
    await until(() => filesIn(strict.server.data).staged.length === 0, 'nothing staged');
    expectNothingLeft(strict.server.data);
  });

  it('goes on when it is an upload and something comes, for longer than any other request', async () => {
    const { type, body } = formOf(someBytes(50));
    const upload = await address();
    const request = await RawRequest.open(upload.upload_url, 'POST', {
      'content-type': type,
      'content-length': body.length,
    });
    const startedAt = performance.now();
    for (const byte of body) {
      await request.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await request.answer()).body).toBe('{"code":200,"data":true}');
    expect(performance.now() - startedAt).toBeGreaterThan(1000);
    request.cut();
  });

  it.each(['', 'GET /healthz HTTP/1.1\r\nhost: '])('is cut off inside of its headers: %j', async (begun) => {
    const strict = await startPeople({}, { patience: { ...patience, headersMs: 600 } });
    onTestFinished(() => strict.close());
    const socket = connect(strict.server.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const drip = setInterval(() => begun && socket.write('x'), 50);
    onTestFinished(() => clearInterval(drip));
    let isClosed = false;
    socket
      .on('error', () => {})
      .on('close', () => {
        isClosed = true;
      });
    socket.resume().write(begun);
    await until(() => isClosed, 'the end of the connection', { timeoutMs: 10_000 });
  });

  it('is cut off when it is a call', async () => {
    const headers = { app_id: 'flooim', 'content-type': 'application/json', 'content-length': 100 };
    const request = await RawRequest.open(`${people.url}/user/profile`, 'POST', headers);
    await request.write('{"nick_name":');
    expect((await request.answer()).status).toBe(408);
    await request.end();
    const unread = await RawRequest.open(`${people.url}/healthz`, 'GET', { 'content-length': 100 });
    expect((await unread.answer()).status).toBe(200);
    await unread.end();
    expect(unread.received).not.toContain('408');
  });

  it('is not cut off by what came before it on its connection', async () => {
    const headers = { app_id: 'flooim', 'content-type': 'application/json', 'content-length': 2 };
    const request = await RawRequest.open(`${people.url}/user/profile`, 'POST', headers);
    await request.write('{}');
    await request.answer();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(request.closed).toBe(false);
    request.cut();
  });
});

it('an address tells nobody else who uploads', async () => {
  expect(passOf(await address())).not.toContain(people.alice.token);
});
