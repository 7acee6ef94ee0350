import { rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { Command, rest } from '@flooim/protocol';
import { RawClient, type SeededUser, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import { WebSocket } from 'ws';
import { inParallel } from './in-parallel.ts';
import type { BenchOptions } from './options.ts';
import { serverPrefix, startRelay, usageOf } from './processes.ts';
import type { Report } from './report.ts';

interface Logins {
  rate: number;
  cpuUs: number;
}

const atOnce = 64;
const loginsPerRun = 4000;
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

/** Logins with a token: the check over REST, the socket, provision, the unread list. */
export async function benchLogins(options: BenchOptions): Promise<Report> {
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, loginsPerRun);
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin) });
  const relay = await startRelay(options.pin);
  const ours: Logins[] = [];
  const bare: Logins[] = [];
  // The first round of ours makes the devices, as first logins do; it is the warm-up of both.
  for (let i = 0; i <= options.runs; i++) {
    bare.push(await measure(users, relay.pid, (user) => bareLogin(relay.url, user)));
    ours.push(await measure(users, server.pid, (user) => login(server.url, user)));
  }
  await Promise.all([server.close(), relay.close()]);
  rmSync(data, { recursive: true, force: true });
  const row = (what: string, unit: string, pick: (logins: Logins) => number) => ({
    what,
    unit,
    values: ours.slice(1).map(pick),
    baseline: bare.slice(1).map(pick),
  });
  return {
    name: 'logins',
    about:
      `${loginsPerRun} logins with tokens, ${atOnce} at once: profile over REST, socket, provision, unread list. Baseline: a bare HTTP and ws server ` +
      'with a GET, a socket and two echoed frames.',
    rows: [
      { ...row('logins', '1/s', (logins) => logins.rate), target: { least: 2000 } },
      row('server CPU', 'us/login', (logins) => logins.cpuUs),
      { what: 'first logins (new devices)', unit: '1/s', values: ours.slice(0, 1).map((logins) => logins.rate) },
    ],
  };
}

async function measure(
  users: readonly SeededUser[],
  pid: number,
  work: (user: SeededUser) => Promise<void>,
): Promise<Logins> {
  const before = usageOf(pid);
  const startedAt = performance.now();
  await inParallel(users, atOnce, work);
  const seconds = (performance.now() - startedAt) / 1000;
  return { rate: users.length / seconds, cpuUs: (usageOf(pid).cpuUs - before.cpuUs) / users.length };
}

async function login(url: string, user: SeededUser): Promise<void> {
  await fetchProfile(url, user.token);
  const client = await RawClient.login(url, user);
  const unread = new Promise((resolve) => {
    client.onUnread = resolve;
  });
  client.send(Command.UNREAD);
  await unread;
  client.terminate();
}

async function bareLogin(url: string, user: SeededUser): Promise<void> {
  await fetchProfile(url, user.token);
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/xsync`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  for (let i = 0; i < 2; i++) {
    const echoed = new Promise((resolve) => socket.once('message', resolve));
    socket.send(new Uint8Array(100));
    await echoed;
  }
  socket.terminate();
}

function fetchProfile(url: string, token: string): Promise<void> {
  const headers = { app_id: 'flooim', 'access-token': token };
  return new Promise((resolve, reject) => {
    const request = get(url + rest.userProfile.path, { agent, headers }, (answer) => {
      let body = '';
      answer.on('data', (part) => {
        body += part;
      });
      answer.on('end', () => (body.includes('"code":200') ? resolve() : reject(new Error(body))));
    });
    request.on('error', reject);
  });
}
