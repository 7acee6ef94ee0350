import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';

/** What was built keeps the code of the transport `socketio` apart, and finds it; of browsers e2e/test/sdk-builds.test.ts says it. */
const dist = new URL('../dist/', import.meta.url);
/** Stands nowhere else. */
const mark = '_placeholder';
const timeoutMs = 10_000;

const answers: Record<string, unknown> = {
  '/v2/app_dns': {
    app_status: 'normal',
    dns_list: [{ group_level: 0, clusters: [{ ratel: [host()], webim: [host()], rtc: [host()] }] }],
  },
  '/roster/list': [],
};

const ways: Record<string, () => Promise<void>> = {
  import: async () => opens(await import(new URL('index.js', dist).href)),
  require: () => opens(createRequire(import.meta.url)(fileURLToPath(new URL('index.cjs', dist)))),
};

if (isMainThread) {
  for (const entry of ['index.js', 'index.cjs', 'flooim.iife.js']) {
    ensure(!read(entry).includes(mark), `${entry} holds the code of a transport that few need`);
  }
  for (const chunk of ['socketio-socket.js', 'socketio-socket.cjs']) {
    ensure(read(chunk).includes(mark), `${chunk} does not hold the code of its transport`);
    ensure(!/\bimport\b|\brequire\(/.test(withoutComments(read(chunk))), `${chunk} needs another file`);
  }
  ensure(read('flooim.iife.js').includes('socketio-socket.js'), 'flooim.iife.js does not know the chunk');
  await inWorker();
}
for (const [name, run] of Object.entries(ways)) {
  await run().catch((error) => ensure(false, `${name}: ${error}`));
}
if (isMainThread)
  console.log('the chunk of the transport socketio: apart, and found by import and require, also in a worker');

/** Resolves when the chunk's code answers a server. */
async function opens({ flooim }: typeof import('../src/index.ts')): Promise<void> {
  let im: ReturnType<typeof flooim> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error('nothing came')), timeoutMs).unref();
      const platform = { fetch: answer, WebSocket: serverThat(resolve) };
      im = flooim({ appid: 'flooim', dnsServer: 'http://a.test/v2/app_dns', transport: 'socketio', platform });
      im.on('flooError', ({ desc }) => reject(new Error(desc)));
      im.tokenLogin({ user_id: 7, token: 'token' }).catch(() => {});
    });
  } finally {
    await im?.dispose();
  }
}

/** A WebSocket whose server shakes hands. */
function serverThat(heard: () => void) {
  return class {
    binaryType = '';
    readyState = 1;
    onopen = null;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onclose = null;
    onerror = null;

    constructor() {
      queueMicrotask(() => this.onmessage?.({ data: '0{"pingInterval":25000,"pingTimeout":20000}' }));
    }

    send(data: unknown): void {
      if (data === '40') heard();
    }

    close(): void {}
  };
}

async function answer(input: RequestInfo | URL): Promise<Response> {
  const { pathname } = new URL(String(input));
  return Response.json({ code: 200, data: answers[pathname] ?? {} });
}

function inWorker(): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('a worker did not find the chunk'))));
  });
}

function host() {
  return { protocol: 'http', host: 'a.test' };
}

function read(file: string): string {
  return readFileSync(new URL(file, dist), 'utf8');
}

function withoutComments(code: string): string {
  return code.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
}

function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
