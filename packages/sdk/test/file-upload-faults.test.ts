import type { BytesAnswer, BytesRequest, FileUploadParam } from 'flooim';
import { afterEach, expect, test } from 'vitest';
import { type FakeWorld, fakeWorld, signIn } from './fake-server.ts';
import { settle } from './fakes.ts';
import { someFile } from './files.ts';
import { closeAll, until } from './support.ts';

afterEach(closeAll);

const address = {
  upload_url: 'http://a.test/file/upload?upload=pass',
  upload_method: 'POST',
  download_url: 'http://a.test/file/download/chat?file_sign=x',
  oss_body_param: {},
  resumable_url: 'http://a.test/file/resumable?upload=pass',
};
const info = { download_url: address.download_url, name: 'some.bin', type: 'text/plain', size: 1000, sha256: 'ab' };
const minute = 60_000;

/** What becomes of one request: an answer, none, or nothing at all. */
type Reply = Partial<BytesAnswer & { offset: number }> | 'cut' | 'silence';

interface Line {
  world: FakeWorld;
  /** `POST`, `HEAD`, `PATCH 400` and so on, in order. */
  asked: string[];
  requests: BytesRequest[];
  told: number[];
  /** What listens for the network's return: the connection, and an upload that waits. */
  wakes: Set<() => void>;
  upload: ReturnType<FakeWorld['im']['sysManage']['asyncFileUpload']>;
}

/** An upload of 1000 bytes over a line that does what `reply` says. */
async function uploading(
  reply: (request: BytesRequest, count: number) => Reply,
  more: Partial<FileUploadParam> = {},
  where: object = address,
): Promise<Line> {
  const asked: string[] = [];
  const requests: BytesRequest[] = [];
  const told: number[] = [];
  const sendBytes = async (request: BytesRequest): Promise<BytesAnswer> => {
    asked.push([request.method, request.headers?.['upload-offset']].filter(Boolean).join(' '));
    requests.push(request);
    const made = reply(request, requests.length);
    if (made === 'cut') throw new TypeError('no answer');
    if (made === 'silence') return new Promise((_, reject) => request.signal.addEventListener('abort', reject));
    const { status = 204, text = '', offset } = made;
    return { status, text, header: () => (offset === undefined ? null : String(offset)) };
  };
  const wakes = new Set<() => void>();
  const wakeUps = (wake: () => void) => {
    wakes.add(wake);
    return () => wakes.delete(wake);
  };
  const world = fakeWorld({ platform: { sendBytes, wakeUps } });
  world.answers['/file/upload/chat'] = where;
  world.answers['/file/finish'] = info;
  await signIn(world);
  const processCallback = ({ loaded }: { loaded: number }) => void told.push(loaded);
  const file = someFile(1000);
  const param = { file, toType: 'chat' as const, to_id: 9, processCallback, ...more };
  const upload = world.im.sysManage.asyncFileUpload(param);
  upload.catch(() => {});
  await settle();
  return { world, asked, requests, told, wakes, upload };
}

/** Lets the clock run until it holds; a retry comes after the file was looked at, which takes real time. */
async function elapse({ world }: Line, holds: () => boolean, what: string): Promise<void> {
  let isMoving = false;
  const move = async () => {
    isMoving = true;
    await world.clock.advance(5000);
    isMoving = false;
  };
  await until(() => {
    if (!isMoving && !holds()) void move();
    return holds();
  }, what);
}

/** What comes of it in the end. */
async function outcome(line: Line) {
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  line.upload.then(settled, settled);
  await elapse(line, () => isSettled, 'the end of the upload');
  return line.upload;
}

test('a file goes up in one request, and all of it is told', async () => {
  const line = await uploading((request) => {
    for (const loaded of [400, 400, 1000, 1200]) request.progress?.(loaded);
    return { status: 201, offset: 1000 };
  });
  expect(await line.upload).toEqual({
    url: info.download_url,
    name: 'some.bin',
    type: 'text/plain',
    size: 1000,
    sha256: 'ab',
  });
  expect(line.asked).toEqual(['POST']);
  expect(line.requests[0]?.headers).toEqual({
    'tus-resumable': '1.0.0',
    'upload-length': '1000',
    'content-type': 'application/offset+octet-stream',
  });
  expect(line.told).toEqual([400, 1000]);
});

test('after a cut it goes on where the server has it, and what is told never falls', async () => {
  const replies: Reply[] = ['cut', { status: 200, offset: 300 }, 'cut', { status: 200, offset: 700 }, { offset: 1000 }];
  const line = await uploading((request, count) => {
    if (count === 1) request.progress?.(800);
    if (count === 5) for (const loaded of [50, 250]) request.progress?.(loaded);
    return replies[count - 1] as Reply;
  });
  await outcome(line);
  expect(line.asked).toEqual(['POST', 'HEAD', 'PATCH 300', 'HEAD', 'PATCH 700']);
  expect(line.requests[4]?.body).toMatchObject({ size: 300 });
  expect(line.told).toEqual([800, 950, 1000]);
});

test('where no server is found to begin with, it ends at once', async () => {
  const line = await uploading(
    () => ({}),
    {},
    async () => {
      throw new TypeError('no network');
    },
  );
  await expect(line.upload).rejects.toMatchObject({ code: 'NETWORK' });
  expect(line.asked).toEqual([]);
});

test('where the server knows nothing of it, it begins anew', async () => {
  const replies: Reply[] = ['cut', { status: 404 }, { status: 201, offset: 1000 }];
  const line = await uploading((_, count) => replies[count - 1] as Reply);
  await outcome(line);
  expect(line.asked).toEqual(['POST', 'HEAD', 'POST']);
});

test('a server that takes no bytes with the beginning gets them behind it', async () => {
  const line = await uploading(({ method }) => (method === 'POST' ? { status: 201 } : { offset: 1000 }));
  await line.upload;
  expect(line.asked).toEqual(['POST', 'PATCH 0']);
});

test('what passes is tried again: a server that fails, is busy, or holds the upload for another request', async () => {
  const busy = JSON.stringify({ code: 20000, message: 'the server is busy' });
  const many = JSON.stringify({ code: 10028, message: 'too many uploads at the same time' });
  const passing = [
    { status: 502, text: '<html>' },
    { status: 503, text: busy },
    { status: 200, text: busy },
    { status: 429, text: many },
    { status: 409 },
    { status: 423 },
  ];
  for (const reply of passing) {
    const line = await uploading(({ method }, count) => {
      if (count === 1) return reply;
      return method === 'HEAD' ? { status: 200, offset: 100 } : { offset: 1000 };
    });
    await outcome(line);
    expect(line.asked).toEqual(['POST', 'HEAD', 'PATCH 100']);
  }
});

test('what the server refuses for good ends it at once, with its words', async () => {
  const text = JSON.stringify({ code: 10002, message: 'the file is of the wrong kind' });
  for (const status of [200, 400]) {
    const line = await uploading(() => ({ status, text }));
    await expect(line.upload).rejects.toMatchObject({
      code: 'REJECTED',
      serverCode: 10002,
      message: 'the file is of the wrong kind',
    });
    expect(line.asked).toEqual(['POST']);
  }
});

test('where large requests do not come through, small ones do', async () => {
  const mega = 1024 * 1024;
  const tooLarge = { status: 413, text: '<html>' };
  for (const refusal of ['cut', tooLarge] as const) {
    let offset = 0;
    const line = await uploading(
      ({ method, body, progress }) => {
        const size = (body as Blob | undefined)?.size ?? 0;
        progress?.(size);
        if (size > mega) return refusal;
        if (method === 'HEAD') return { status: 404 };
        offset += size;
        return { status: 201, offset };
      },
      { file: someFile(2.5 * mega) },
    );
    await outcome(line);
    expect(line.asked).toEqual(['POST', 'HEAD', 'POST', 'HEAD', 'POST', `PATCH ${mega}`, `PATCH ${2 * mega}`]);
    expect(line.told).toEqual([2.5 * mega]);
  }
});

test('a refusal without words is one too', async () => {
  const line = await uploading(() => ({ status: 403, text: '<html>' }));
  await expect(line.upload).rejects.toMatchObject({ code: 'REJECTED', message: 'the server answered HTTP 403' });
});

test('without any step forward it ends after some minutes', async () => {
  const line = await uploading(() => 'cut');
  const began = line.world.clock.now();
  await expect(outcome(line)).rejects.toMatchObject({ code: 'NETWORK' });
  expect(line.asked.slice(1).every((one) => one === 'HEAD')).toBe(true);
  const minutes = (line.world.clock.now() - began) / minute;
  expect(minutes).toBeGreaterThan(2);
  expect(minutes).toBeLessThan(8);
});

test('as long as it gets further it goes on', async () => {
  let offset = 0;
  const line = await uploading(({ method }, count) => {
    if (count % 2) return 'cut';
    if (method === 'HEAD') offset += 40;
    return { status: 200, offset };
  });
  expect(await outcome(line)).toMatchObject({ size: 1000 });
  expect(line.asked.length).toBeGreaterThan(45);
});

test('it goes on at once when the network is back', async () => {
  const replies: Reply[] = ['cut', { status: 200, offset: 300 }, { offset: 1000 }];
  const line = await uploading((_, count) => replies[count - 1] as Reply);
  const now = line.world.clock.now();
  await until(() => line.wakes.size > 1, 'waiting');
  for (const wake of [...line.wakes]) wake();
  await line.upload;
  expect(line.world.clock.now()).toBe(now);
});

test('a request of which nothing more is heard for a minute is lost', async () => {
  const replies: Reply[] = ['silence', { status: 200, offset: 300 }, { offset: 1000 }];
  const line = await uploading((_, count) => replies[count - 1] as Reply);
  for (const loaded of [100, 200, 300]) {
    await line.world.clock.advance(minute - 1);
    line.requests[0]?.progress?.(loaded);
  }
  expect(line.requests[0]?.signal.aborted).toBe(false);
  await line.world.clock.advance(minute);
  expect(line.requests[0]?.signal.aborted).toBe(true);
  await outcome(line);
});

test('a file that cannot be read any more is told apart from a network that fails', async () => {
  const file = someFile(1000);
  const line = await uploading(() => 'cut', { file });
  const gone = someFile(1000);
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) as unknown as Blob;
  const upload = line.world.im.sysManage.asyncFileUpload({ file: gone, toType: 'chat', to_id: 9 });
  await expect(upload).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field: 'param.file' });
});

test('a callback that throws is reported and ends nothing', async () => {
  const processCallback = () => {
    throw new Error('mine');
  };
  const line = await uploading(() => ({ status: 201, offset: 1000 }), { processCallback });
  await line.upload;
  expect(line.world.of('flooError')).toEqual([{ category: 'LISTENER', desc: 'processCallback: Error: mine' }]);
});

test('a token that has ended goes the way of all calls: a new one, and the upload is refused', async () => {
  const text = JSON.stringify({ code: 402, message: 'access-token is invalid or expired' });
  const line = await uploading((_, count) => (count === 1 ? 'cut' : { status: count === 2 ? 404 : 401, text }));
  line.world.answers['/token/user'] = { user_id: 7, token: 't2' };
  await expect(outcome(line)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  expect(line.world.of('flooNotice')).toContainEqual({ category: 'action', desc: 'relogin' });
  await until(() => line.world.im.userManage.getToken() === 't2', 'a new token');
});

test('a signal ends it at once, stops the request and takes back what has arrived', async () => {
  const abort = new AbortController();
  const line = await uploading(({ method }) => (method === 'POST' ? 'silence' : {}), { signal: abort.signal });
  line.requests[0]?.progress?.(300);
  abort.abort(new Error('enough'));
  await expect(line.upload).rejects.toMatchObject({ code: 'CANCELED', cause: new Error('enough') });
  await settle();
  line.requests[0]?.progress?.(400);
  expect(line.requests[0]?.signal.aborted).toBe(true);
  expect(line.asked).toEqual(['POST', 'DELETE']);
  expect(line.told).toEqual([300]);
});

test('a signal that came before ends it before anything is asked', async () => {
  const line = await uploading(() => ({}), { signal: AbortSignal.abort() });
  await expect(line.upload).rejects.toMatchObject({ code: 'CANCELED' });
  expect(line.world.asked.some((path) => path.includes('/file/'))).toBe(false);
});

test('a signal ends the waiting for the next try, and one whose turn has not come', async () => {
  const abort = new AbortController();
  const line = await uploading(() => 'cut', { signal: abort.signal });
  const { sysManage } = line.world.im;
  const queued = new AbortController();
  const others = [1, 2, 3].map(() =>
    sysManage.asyncFileUpload({ file: someFile(10), toType: 'chat', to_id: 9, signal: queued.signal }),
  );
  for (const other of others) other.catch(() => {});
  queued.abort();
  for (const other of others) await expect(other).rejects.toMatchObject({ code: 'CANCELED' });
  await until(() => line.wakes.size > 1, 'waiting');
  abort.abort();
  await expect(line.upload).rejects.toMatchObject({ code: 'CANCELED' });
});

test('a logout and a dispose end it', async () => {
  for (const end of ['logout', 'dispose'] as const) {
    const line = await uploading(() => 'silence');
    const ended = line.world.im[end]();
    await expect(line.upload).rejects.toMatchObject({ code: 'CANCELED' });
    expect(line.requests[0]?.signal.aborted).toBe(true);
    await line.world.clock.advance(2000);
    await ended;
    expect(line.asked).toEqual(['POST']);
  }
});

test('straight to the store of files where the server names a place in it', async () => {
  const direct_url = 'https://store.example/x?signature=y';
  const line = await uploading(() => ({ status: 200 }), {}, { ...address, direct_url });
  expect(await line.upload).toMatchObject({ url: info.download_url });
  expect(line.asked).toEqual(['PUT']);
  expect(line.requests[0]?.url).toBe(direct_url);
  expect(line.requests[0]?.headers).toBeUndefined();
  expect(line.told).toEqual([1000]);
});

test('where that way is closed, the other one is taken', async () => {
  const direct_url = 'https://store.example/x?signature=y';
  for (const closed of ['cut', { status: 403, text: '<Error/>' }] as const) {
    const line = await uploading(
      ({ method }) => (method === 'PUT' ? closed : { status: 201, offset: 1000 }),
      {},
      { ...address, direct_url },
    );
    await line.upload;
    expect(line.asked).toEqual(['PUT', 'POST']);
  }
});
