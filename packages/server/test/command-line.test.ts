import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '@flooim/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../src/command-line/command.ts';
import { operate as operateHere } from '../src/command-line/operate.ts';
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
    expect(code).toBe(isCommand ? 2 : 1);
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

describe('flooim app and flooim user', () => {
  /** The data folder of a server that is not running. */
  const stopped = async () => {
    const { child, ended, data } = await start();
    child.kill('SIGTERM');
    await ended;
    return data;
  };
  const operate = (data: string, ...args: string[]) => run([...args, '--data', data]).ended;
  const json = async (data: string, ...args: string[]) => {
    const { code, out, err } = await operate(data, ...args, '--json');
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  };
  const login = async (url: string, name: string, password: string) => {
    const headers = { app_id: 'flooim', 'content-type': 'application/json' };
    const body = JSON.stringify({ name, password });
    return ((await (await fetch(`${url}/token/user`, { method: 'POST', headers, body })).json()) as { code: number })
      .code;
  };

  it('operate the server while it runs, and the data folder while it does not', async () => {
    const { child, ended, data, url } = await start();
    const added = await json(data, 'user', 'add', 'alice');
    expect(added).toMatchObject({ username: 'alice', password: expect.stringMatching(/^\w{5}(-\w{5}){3}$/) });
    expect(await login(url, 'alice', added.password)).toBe(200);
    child.kill('SIGTERM');
    await ended;
    const users = await json(data, 'user', 'list');
    expect(users).toEqual([{ user_id: added.user_id, username: 'alice', status: 0 }]);
    expect((await operate(data, 'user', 'list')).out).toBe(`UID    STATUS  NAME\n${added.user_id}  normal  alice\n`);
  }, 30_000);

  it('make, show and change apps', async () => {
    const data = await stopped();
    expect(await json(data, 'app', 'create', 'shop', '--name', 'The shop')).toMatchObject({ app_id: 'shop', users: 0 });
    const limits = ['--user-limit', '5', '--file-limit', '200'];
    const change = ['--status', 'frozen', ...limits, '--licence-expires', '2030-01-02'];
    const changed = await json(data, 'app', 'set', 'shop', ...change, '--open-registration', 'false');
    expect(changed).toMatchObject({
      name: 'The shop',
      status: 'frozen',
      user_limit: 5,
      file_bytes_limit: 200 * 1024 * 1024,
      licence_expires_at: Date.UTC(2030, 0, 2),
      open_registration: false,
      strangers_may_chat: true,
    });
    await json(data, 'app', 'set', 'shop', '--licence-expires', 'never', '--strangers', 'false');
    const { out } = await operate(data, 'app', 'list');
    expect(out.trimEnd().split('\n').slice(1)).toEqual([
      'flooim  flooim    normal  0      none   0 MB   none        never            open          may chat',
      'shop    The shop  frozen  0      5      0 MB   200 MB      never            closed        may not chat',
    ]);
  }, 60_000);

  it('make tokens that work, tell clients that an app moved, and end tokens', async () => {
    const { data, url } = await start();
    const { out } = await operate(data, 'app', 'token', 'flooim');
    const list = async () => {
      const headers = { app_id: 'flooim', 'access-token': out.trim() };
      return ((await (await fetch(`${url}/user/list`, { headers })).json()) as { code: number }).code;
    };
    expect(await list()).toBe(200);
    expect(await json(data, 'app', 'moved', 'flooim')).toEqual({ sessions: 0 });
    expect(await json(data, 'app', 'end-tokens', 'flooim')).toBe(true);
    expect(await list()).toBe(402);
  }, 30_000);

  it('disable, enable and delete users, and give them passwords', async () => {
    const { data, url } = await start();
    const own = 'typed-by-hand-1';
    const adding = run(['user', 'add', 'bob', '--password-stdin', '--json', '--data', data]);
    adding.child.stdin.end(`${own}\nsecond line\n`);
    const added = JSON.parse((await adding.ended).out);
    expect(Object.keys(added)).toEqual(['user_id', 'username']);
    expect(await login(url, 'bob', own)).toBe(200);
    const uid = String(added.user_id);
    expect((await operate(data, 'user', 'disable', uid)).out).toBe(`user ${uid} is disabled\n`);
    expect(await login(url, 'bob', own)).toBe(10010);
    expect((await operate(data, 'user', 'enable', uid)).code).toBe(0);
    expect(await login(url, 'bob', own)).toBe(200);
    const { password } = await json(data, 'user', 'password', uid);
    expect([await login(url, 'bob', own), await login(url, 'bob', password)]).toEqual([402, 200]);
    expect((await operate(data, 'user', 'delete', uid)).code).toBe(0);
    expect(await login(url, 'bob', password)).toBe(402);
    expect(await json(data, 'user', 'list')).toEqual([]);
  }, 60_000);

  it('make links to a user, show and end them', async () => {
    const { data, url } = await start();
    const { user_id } = await json(data, 'user', 'add', 'helper');
    const made = await json(
      data,
      'link',
      'add',
      String(user_id),
      '--text',
      'How can I help?',
      '--type',
      'sup\u001bport',
    );
    // What somebody wrote gives the operator's terminal no orders.
    const { out } = await operate(data, 'link', 'list');
    expect(out).toContain(`${made.link}  ${user_id}  sup\u{FFFD}port  "How can I help?"\n`);
    const follow = async () => (await fetch(`${url}/info?link=${made.link}`)).json();
    expect(await follow()).toMatchObject({ code: 200, data: { app_id: 'flooim', uid: user_id } });
    expect((await operate(data, 'link', 'remove', made.link)).code).toBe(0);
    expect(await follow()).toMatchObject({ code: 10002 });
    expect(await json(data, 'link', 'list')).toEqual([]);
  }, 30_000);

  it('work on the users of the app that is named', async () => {
    const data = await stopped();
    await json(data, 'app', 'create', 'shop');
    await json(data, 'user', 'add', 'alice', '--app', 'shop');
    expect(await json(data, 'user', 'list', '--app', 'shop')).toMatchObject([{ username: 'alice' }]);
    expect(await json(data, 'user', 'list')).toEqual([]);
  }, 60_000);

  it('say what the server refused, on one line, and end with 1', async () => {
    const data = await stopped();
    for (const [args, named] of [
      [['app', 'create', 'flooim'], 'app_id is taken'],
      [['app', 'set', 'nowhere', '--status', 'frozen'], 'app_id does not exist'],
      [['app', 'set', 'flooim', '--status', 'cool'], 'status'],
      [['user', 'add', 'has-hyphen'], 'username'],
      [['user', 'delete', '999999'], 'user does not exist'],
      [['user', 'list', '--app', 'nowhere'], 'app_id does not exist'],
    ] as const) {
      const { code, out, err } = await operate(data, ...args);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^flooim: .*\n$/);
      expect(err).toContain(named);
    }
  }, 60_000);

  it.each([
    [['app'], 'list|create'],
    [['user', 'fly'], 'list|add'],
    [['user', '__proto__'], 'list|add'],
    [['app', 'create'], '<id>'],
    [['app', 'list', 'more'], 'flooim app list'],
    [['app', 'set', 'flooim'], 'what to change'],
    [['app', 'set', 'flooim', '--user-limit', '-5'], '--user-limit'],
    [['app', 'set', 'flooim', '--user-limit=-5'], '--user-limit'],
    [['app', 'set', 'flooim', '--file-limit', '1 GB'], '--file-limit'],
    [['app', 'set', 'flooim', '--file-limit', '9007199254740991'], '--file-limit'],
    [['app', 'set', 'flooim', '--licence-expires', 'tomorrow'], '--licence-expires'],
    [['app', 'set', 'flooim', '--licence-expires', '2030-02-31'], '--licence-expires'],
    [['app', 'set', 'flooim', '--strangers', 'perhaps'], '--strangers'],
    [['user', 'add', 'alice', '--password', 'secret-word-1'], '--password'],
    [['user', 'delete', 'alice'], 'alice is not a uid'],
    [['link', 'add', 'alice'], 'alice is not a uid'],
    [['link', 'remove'], '<link>'],
  ])('refuse %j as it is called', async (args, named) => {
    const refusal = await operateHere(args).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    const { message } = refusal as UsageError;
    expect(message).toContain(named);
    expect(message).not.toContain('secret-word-1');
  });

  it('end with 2 when they are called wrongly', async () => {
    const { code, out, err } = await run(['app', 'create']).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe('flooim: use flooim app create <id>; flooim help says more\n');
  });

  it('make no server where there is none', async () => {
    const data = newFolder();
    const { code, err } = await operate(data, 'app', 'list');
    expect(code).toBe(1);
    expect(err).toContain(data);
    expect(existsSync(data)).toBe(false);
  });

  it('send their token nowhere but to the server that holds the folder', async () => {
    const data = await stopped();
    const asked: unknown[] = [];
    const impostor = createHttpServer((request, response) => {
      asked.push(request.headers);
      response.end('{"code":200,"data":[]}');
    }).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const { port } = impostor.address() as { port: number };
    // As a server leaves it that was killed.
    writeFileSync(join(data, 'server.json'), JSON.stringify({ url: `http://127.0.0.1:${port}` }));
    expect(await json(data, 'app', 'list')).toMatchObject([{ app_id: 'flooim' }]);
    impostor.close();
    expect(asked).toEqual([]);
  }, 20_000);
});
