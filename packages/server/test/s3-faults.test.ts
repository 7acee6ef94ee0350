import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@flooim/testkit';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { S3BlobStore } from '../src/blob/s3-blob-store.ts';
import { S3Error } from '../src/blob/s3-error.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const object = 'AbCdEfGhIjKlMnOpQrStUv';
const staging = temporaryFolder('flooim-staging');
afterAll(() => rmSync(staging, { recursive: true, force: true }));

/** A store whose requests get these answers in turn, the last one again and again. */
async function storeThat(answers: Answer[], { silenceMs = 10_000 } = {}) {
  const seen: string[] = [];
  const answer: Answer = (request, response) => {
    const next = answers[Math.min(seen.length, answers.length - 1)] as Answer;
    seen.push(request.method as string);
    next(request, response);
  };
  const server = createServer(answer).on('checkContinue', answer);
  // Who closes a connection here is the client.
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, store: storeAt(port, silenceMs) };
}

function storeAt(port: number, silenceMs = 10_000): S3BlobStore {
  const endpoint = `http://127.0.0.1:${port}`;
  const place = { endpoint, region: 'us-east-1', bucket: 'files', prefix: '', addressing: 'auto' as const };
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret', publicEndpoint: '' };
  return new S3BlobStore({ ...place, ...credentials }, { silenceMs, retryMs: 1 });
}

const says =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    if (request.headers.expect) response.writeContinue();
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
const failure = (status: number, code: string) => says(status, `<Error><Code>${code}</Code></Error>`);
const hangs: Answer = () => {};
const cuts: Answer = (request) => request.socket.destroy();

function endless(response: ServerResponse): void {
  const more = () => {
    while (response.write('x'.repeat(10_000)));
  };
  response.on('drain', more);
  more();
}

function put(store: S3BlobStore, bytes: Buffer): Promise<void> {
  const path = join(staging, randomBytes(8).toString('hex'));
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest();
  return store.put(object, path, { size: bytes.length, type: 'image/png', sha256 });
}

const works = [
  ['taken', (store: S3BlobStore) => put(store, Buffer.from('bytes'))],
  ['taken with many bytes', (store: S3BlobStore) => put(store, Buffer.alloc(3_000_000))],
  ['read', async (store: S3BlobStore) => buffer((await store.read(object)) as Readable)],
  ['removed', (store: S3BlobStore) => store.remove(object)],
] as const;

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('it worked'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(S3Error);
      return error as S3Error;
    },
  );

describe.each(works)('an object is %s', (_what, work) => {
  it.each([
    ['does not work', failure(500, 'InternalError')],
    ['has too much to do', failure(503, 'SlowDown')],
    ['is asked too often', says(429)],
    ['waited for too long', failure(400, 'RequestTimeout')],
    ['cuts the connection', cuts],
  ])('although the store twice %s', async (_fault, fault) => {
    const { store, seen } = await storeThat([fault, fault, says(200, 'bytes')]);
    await work(store);
    expect(seen).toHaveLength(3);
  });

  it('not, and that is said after the fourth time, where the store does not work at all', async () => {
    const { store, seen } = await storeThat([failure(500, 'InternalError')]);
    const error = await errorOf(work(store));
    expect(error).toMatchObject({ status: 500, code: 'InternalError' });
    expect(error.message).toBe(`the S3 store answered 500 InternalError to ${seen[0]} ${object}`);
    expect(seen).toHaveLength(4);
  });

  it.each([
    [403, 'AccessDenied'],
    [301, 'PermanentRedirect'],
    [400, 'AuthorizationHeaderMalformed'],
    [404, 'NoSuchBucket'],
  ])('not, and the store is not asked again, where it says %i %s', async (status, code) => {
    const { store, seen } = await storeThat([failure(status, code)]);
    expect(await errorOf(work(store))).toMatchObject({ status, code });
    expect(seen).toHaveLength(1);
  });

  it('not, and nothing waits, where the store says nothing', async () => {
    const { store } = await storeThat([hangs], { silenceMs: 50 });
    const error = await errorOf(work(store));
    expect(error.message).toContain(`${object}: the store was silent for 0.05 s`);
  });

  it('not where there is no store', async () => {
    const error = await errorOf(work(storeAt(1)));
    expect(error.message).toContain(`${object}: connect ECONNREFUSED 127.0.0.1:1`);
    expect(error.status).toBe(0);
  });
});

describe('bytes that are read', () => {
  const announced = { 'content-length': '100000' };
  const chunked = { 'transfer-encoding': 'chunked' };

  it.each([
    ['of a known length', announced],
    ['of an unknown length', chunked],
  ])('%s end with an error where the store cuts them', async (_what, headers) => {
    const { store } = await storeThat([
      (_request, response) => {
        response.writeHead(200, headers).write(Buffer.alloc(50_000), () => response.destroy());
      },
    ]);
    const error = await errorOf(buffer((await store.read(object)) as Readable));
    expect(error.message).toBe(`${object} broke off: aborted`);
  });

  it('end with an error where the store falls silent', async () => {
    const silent: Answer = (_request, response) => response.writeHead(200, announced).write(Buffer.alloc(50_000));
    const { store } = await storeThat([silent], { silenceMs: 300 });
    const error = await errorOf(buffer((await store.read(object)) as Readable));
    expect(error.message).toBe(`${object} broke off: the store was silent for 0.3 s`);
  });

  it('that break off before somebody listens end with an error as well', async () => {
    const { store } = await storeThat([
      (_request, response) => {
        response.writeHead(200, announced).write(Buffer.alloc(50_000), () => response.destroy());
      },
    ]);
    const stream = (await store.read(object)) as Readable;
    await new Promise((resolve) => stream.once('close', resolve));
    expect((await errorOf(buffer(stream))).message).toBe(`${object} broke off: aborted`);
  });

  it('wait for somebody who is slower than the store may be', async () => {
    const bytes = randomBytes(5_000_000);
    const { store } = await storeThat([(_request, response) => response.end(bytes)], { silenceMs: 300 });
    const stream = (await store.read(object)) as Readable;
    const pieces: Buffer[] = [];
    for await (const piece of stream) {
      if (pieces.length === 1 || pieces.length === 20) await sleep(700);
      pieces.push(piece as Buffer);
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('come no more when nobody wants them', async () => {
    let left: Promise<unknown> | undefined;
    const { store } = await storeThat([
      (_request, response) => {
        response.writeHead(200);
        endless(response);
        left = once(response, 'close');
      },
    ]);
    const stream = (await store.read(object)) as Readable;
    stream.destroy();
    await left;
  });

  it.each([
    ['everything', 200, {}],
    ['another part', 206, { 'content-range': 'bytes 0-4/10' }],
  ])('are refused where the store sends %s instead of what was asked for', async (_what, status, headers) => {
    const { store } = await storeThat([says(status, 'bytes', headers as Record<string, string>)]);
    const error = await errorOf(store.read(object, { start: 5, end: 9 }));
    expect(error.message).toContain(`of ${object}, not what was asked for`);
  });
});

describe('many bytes', () => {
  it('go to a store that does not say that it wants them', async () => {
    const bytes = randomBytes(2_000_000);
    let arrived: Buffer | undefined;
    const { store } = await storeThat([
      async (request, response) => {
        arrived = await buffer(request);
        response.end();
      },
    ]);
    await put(store, bytes);
    expect(arrived?.equals(bytes)).toBe(true);
  });

  it('stop where the store refuses them in the middle', async () => {
    let left: Promise<unknown> | undefined;
    const { store, seen } = await storeThat([
      (request, response) => {
        response.writeContinue();
        left = new Promise((resolve) => request.socket.once('close', resolve));
        request.once('data', () => {
          response.writeHead(403).end('<Error><Code>QuotaExceeded</Code></Error>');
        });
      },
    ]);
    expect(await errorOf(put(store, Buffer.alloc(50_000_000)))).toMatchObject({ status: 403, code: 'QuotaExceeded' });
    expect(seen).toHaveLength(1);
    await left;
  });

  it('are not taken for stored where the store says so before it has them', async () => {
    const { store } = await storeThat([(_request, response) => response.writeHead(200).end()]);
    const error = await errorOf(put(store, Buffer.alloc(2_000_000)));
    expect(error.message).toBe(`no answer to PUT ${object}: 200 before the store had everything`);
  });
});

describe('the reason of a refusal', () => {
  it('may be missing, no XML, or broken', async () => {
    for (const body of ['', '<html>Bad Gateway</html>', '<Error><Code>\u0000</Code>', '{"code":1}']) {
      const { store } = await storeThat([says(418, body)]);
      const error = await errorOf(store.remove(object));
      expect(error.message).toBe(`the S3 store answered 418 to DELETE ${object}`);
    }
  });

  it('is not read for ever', async () => {
    let sent = 0;
    let left: Promise<unknown> | undefined;
    const { store } = await storeThat([
      (request, response) => {
        response.writeHead(418);
        endless(response);
        left = once(response, 'close').then(() => {
          sent = request.socket.bytesWritten;
        });
      },
    ]);
    expect(await errorOf(store.remove(object))).toMatchObject({ status: 418, code: '' });
    await left;
    expect(sent).toBeLessThan(50_000_000);
  });

  it('is one line', async () => {
    const { store } = await storeThat([says(400, '<Error><Code>Bad</Code><Message>one\r\ntwo</Message></Error>')]);
    expect((await errorOf(store.remove(object))).message).toBe(
      `the S3 store answered 400 Bad to DELETE ${object}: one two`,
    );
  });
});

it('An answer without a reason that there is nothing is believed', async () => {
  const { store } = await storeThat([says(404)]);
  expect(await store.read(object)).toBeUndefined();
  await store.remove(object);
  const { store: full } = await storeThat([says(200, 'bytes')]);
  expect(await text((await full.read(object)) as Readable)).toBe('bytes');
});
