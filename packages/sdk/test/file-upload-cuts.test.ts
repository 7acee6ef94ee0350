import { readdirSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { FaultProxy, startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import type { BytesAnswer, PlatformOptions, SendBytes } from 'flooim';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { download, sha256, someBytes, someFile, uploadTo } from './files.ts';
import type { Person } from './people.ts';
import { closeAll, open, password, until } from './support.ts';

let data: string;
let server: TestServer;
let proxy: FaultProxy;

beforeAll(async () => {
  data = temporaryFolder();
  server = await startServer({ data });
});
afterAll(() => server.close());
beforeEach(async () => {
  proxy = await FaultProxy.start(server.url);
});
afterEach(async () => {
  await closeAll();
  await proxy.close();
});

let accounts = 0;

async function person(platform: PlatformOptions = {}): Promise<Person> {
  const name = `cut_${process.pid}_${++accounts}`;
  const client = open({ appid: 'flooim', dnsServer: `${proxy.url}/v2/app_dns`, platform });
  await client.im.rosterManage.asyncRegester({ username: name, password });
  await client.im.login({ name, password });
  return Object.assign(client, { name, uid: client.im.userManage.getUid() });
}

/** Sends bodies whole and tells how far they are, as a browser does. */
function browserLike(methods: string[] = []): SendBytes {
  return async ({ method, url, headers = {}, body, progress, signal }) => {
    methods.push(method);
    const bytes = body ? Buffer.from(await (body as Blob).arrayBuffer()) : Buffer.alloc(0);
    return new Promise<BytesAnswer>((resolve, reject) => {
      const request = httpRequest(url, { method, headers: { ...headers, 'content-length': bytes.length }, signal });
      request.on('error', reject).on('response', async (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject).on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            header: (name) => (response.headers[name] as string | undefined) ?? null,
          }),
        );
      });
      const step = 64 * 1024;
      const write = (at: number): void => {
        if (at >= bytes.length) return void request.end();
        request.write(bytes.subarray(at, at + step), (error) => {
          if (error) return;
          progress?.(Math.min(at + step, bytes.length));
          write(at + step);
        });
      };
      write(0);
    });
  };
}

const size = 6_000_000;

/** Bytes of uploads that the server has and that are not whole. */
function staged(): number {
  const folder = join(data, 'incoming');
  return readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), quiet)?.size ?? 0), 0);
}
const quiet = { throwIfNoEntry: false } as const;

/** Uploads 6 MB while `meanwhile` happens, and looks whether they arrived and were told. */
async function uploadThrough(by: Person, to: Person, meanwhile: () => Promise<unknown>) {
  const told: number[] = [];
  const processCallback = ({ loaded }: { loaded: number }) => void told.push(loaded);
  const upload = uploadTo(by, to, { file: someFile(size), processCallback });
  await meanwhile();
  quickly();
  const result = await upload;
  expect(result.sha256).toBe(sha256(someBytes(size)));
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(size);
  expect((await download(by, result.url)).bytes.equals(someBytes(size))).toBe(true);
}

const arrived = (bytes: number) => until(() => staged() >= bytes, `${bytes} bytes at the server`, 20_000);
const slowly = () => proxy.set({ kind: 'slow', bytesPerSec: 6_000_000 });
const quickly = () => proxy.set({ kind: 'pass' });

test('an upload that is cut again and again goes on where it was', { timeout: 60_000 }, async () => {
  const [ada, bob] = [await person(), await person()];
  slowly();
  await uploadThrough(ada, bob, async () => {
    for (const bytes of [1_500_000, 3_000_000, 4_500_000]) {
      await arrived(bytes);
      proxy.cut();
    }
  });
});

test('a cut in the middle of the one request that a browser makes', { timeout: 60_000 }, async () => {
  const methods: string[] = [];
  const [ada, bob] = [await person({ sendBytes: browserLike(methods) }), await person()];
  slowly();
  await uploadThrough(ada, bob, async () => {
    for (const bytes of [1_500_000, 3_000_000]) {
      await arrived(bytes);
      proxy.cut();
    }
  });
  expect(methods).toEqual(['POST', 'HEAD', 'PATCH', 'HEAD', 'PATCH']);
});

test('an upload goes on after a restart of the server', { timeout: 60_000 }, async () => {
  const methods: string[] = [];
  const [ada, bob] = [await person({ sendBytes: browserLike(methods) }), await person()];
  slowly();
  await uploadThrough(ada, bob, async () => {
    await arrived(2_000_000);
    proxy.cut();
    await server.close();
    server = await startServer({ data });
    proxy.retarget(server.url);
  });
  expect(methods.filter((method) => method === 'POST')).toHaveLength(1);
});
