import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { options } from '../src/config.ts';
import { newFolder } from './support/rest.ts';

const program = fileURLToPath(new URL('../bin/flooim.js', import.meta.url));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function run(args: string[], env: Record<string, string> = {}) {
  const { FLOOIM_DATA: _, FLOOIM_PORT: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { ...inherited, ...env } });
  running.push(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    printed.out += text;
  });
  child.stderr.on('data', (text) => {
    printed.err += text;
  });
  return { child, printed, ended: once(child, 'close').then(([code]) => ({ code, ...printed })) };
}

const start = async (args: string[] = [], env = {}) => {
  const data = newFolder();
  const server = run(['--port', '0', '--data', data, ...args], env);
  await until(() => server.printed.out.includes('\n'), 'a line');
  return { ...server, data, url: /http:\/\/\S+/.exec(server.printed.out)?.[0] as string };
};

describe('flooim', () => {
  it('serves, and prints one line that says where', async () => {
    const { child, printed, ended, url, data } = await start();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(printed).toEqual({ out: `flooim is ready: ${url}  (data: ${data})\n`, err: '' });
  });

  it('takes its settings from the environment as well', async () => {
    const data = newFolder();
    const { child, printed, ended } = run(['serve'], { FLOOIM_PORT: '0', FLOOIM_DATA: data });
    await until(() => printed.out.includes(data), 'a line');
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('stops in time although clients are connected', async () => {
    const { child, ended, url } = await start();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/xsync`);
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    const closed = new Promise<number>((resolve) => socket.addEventListener('close', (event) => resolve(event.code)));
    child.kill('SIGTERM');
    expect(await closed).toBe(4000);
    expect((await ended).code).toBe(0);
  });

  it('takes a Ctrl-C that comes twice at once as one', async () => {
    const { child, ended } = await start();
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('cuts off requests that do not end, and still stops in time', async () => {
    const { child, ended, url } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /user/profile HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    await once(socket, 'connect');
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    // What is not read keeps a socket from closing.
    socket.resume();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    await cut;
  }, 30_000);

  it('ends at once when it is told to stop a second time', async () => {
    const { child, ended, url } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /user/profile HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{');
    socket.on('error', () => {});
    await fetch(`${url}/healthz`);
    child.kill('SIGTERM');
    // Long enough for it not to be taken for the same Ctrl-C.
    await setTimeout(700);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(1);
  });

  it.each([
    ['help', ...Object.values(options).map(({ env }) => env)],
    ['--help', 'serve'],
    ['version', '0.'],
  ])('%s prints what it says', async (command, ...wanted) => {
    const { code, out } = await run([command]).ended;
    expect(code).toBe(0);
    for (const text of wanted) expect(out).toContain(text);
  });

  it.each([
    [['--port', '70000'], '--port (FLOOIM_PORT)'],
    [['--port', 'x'], '--port (FLOOIM_PORT)'],
    [['--data', ''], '--data (FLOOIM_DATA)'],
    [['--writer', 'none'], '--writer (FLOOIM_WRITER)'],
    [['--public-url', 'im.example.org'], '--public-url (FLOOIM_PUBLIC_URL)'],
    [['--trust-proxy', 'perhaps'], '--trust-proxy (FLOOIM_TRUST_PROXY)'],
    [['--log-level', 'loud'], '--log-level (FLOOIM_LOG_LEVEL)'],
    [['--logins-per-min', '0'], '--logins-per-min (FLOOIM_LOGINS_PER_MIN)'],
    [['--unknown', '1'], '--unknown'],
    [['--config', '/nowhere/flooim.json'], '/nowhere/flooim.json'],
    [['fly'], 'fly'],
    [['--data', '/dev/null/x'], '/dev/null/x'],
    [['--host', '192.0.2.1'], '192.0.2.1'],
  ])('refuses %j in one line that names it', async (args, named) => {
    const rest = args.includes('--data') ? [] : ['--data', newFolder()];
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const isCommand = !args[0]?.startsWith('-');
    const { code, out, err } = await run(isCommand ? args : [...args, ...rest, ...port]).ended;
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(named);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).not.toMatch(/at .*\.ts/);
  });

  it('says what to do when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, err } = await run(['--port', String(port), '--data', newFolder()]).ended;
    other.close();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^flooim: port ${port} is in use: .*--port.*\n$`));
  });

  it('says what to do when another server has the data folder', async () => {
    const { data } = await start();
    const { code, err } = await run(['--port', '0', '--data', data]).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^flooim: another flooim server uses the data folder .*--data.*\n$/);
  });
});
