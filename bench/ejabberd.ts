import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, until } from '@flooim/testkit';
import type { Cores } from './cores.ts';
import { serverPrefix, type Target } from './processes.ts';
import { folderUntilTheEnd } from './temporary.ts';
import { open } from './xmpp.ts';

const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib'];
const startMs = 60_000;

/** Whether Debian's package is there. */
export function hasEjabberd(): boolean {
  return existsSync('/usr/sbin/ejabberdctl') && existsSync('/usr/bin/erl');
}

/** Everything archived, nothing encrypted or limited; rooms do not tell who comes and goes. */
const config = (port: number) => `
hosts: [localhost]
loglevel: error
auth_method: internal
auth_password_format: plain
acl: {local: {user_regexp: ""}}
access_rules: {local: {allow: local}, c2s: {allow: all}}
listen:
  - {port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, access: c2s, starttls: false, max_stanza_size: 262144}
registration_timeout: infinity
modules:
  mod_register: {ip_access: all, access: all, welcome_message: {}}
  mod_roster: {}
  mod_mam: {default: always, db_type: mnesia}
  mod_muc:
    host: rooms.localhost
    max_users: 5000
    default_room_options: {mam: true, persistent: true, max_users: 5000, presence_broadcast: []}
`;

/**
 * An instance of its own: own settings and spool in a temporary folder, own port on this machine alone, no name under which
 * another instance could find it. Its `url` is the port's address.
 */
export async function startEjabberd(pin: Cores | undefined): Promise<Target> {
  const folder = folderUntilTheEnd();
  const port = await freePort();
  const settings = join(folder, 'ejabberd.yml');
  writeFileSync(settings, config(port));
  mkdirSync(join(folder, 'spool'));
  const [command, ...args] = [
    ...serverPrefix(pin),
    ...['/usr/bin/erl', '-noinput', '+K', 'true', '+P', '250000', '+Q', '131072'],
    ...['-mnesia', 'dir', `"${join(folder, 'spool')}"`, '-s', 'ejabberd'],
  ] as [string, ...string[]];
  const child: ChildProcess = spawn(command, args, {
    cwd: folder,
    stdio: 'ignore',
    env: {
      ...process.env,
      HOME: folder,
      ERL_LIBS: libraries.filter(existsSync).join(':'),
      EJABBERD_CONFIG_PATH: settings,
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
    },
  });
  process.on('exit', () => child.kill('SIGKILL'));
  await until(() => serves(port), 'ejabberd to serve', { timeoutMs: startMs });
  return {
    url: `tcp://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async close() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** It takes connections some time before it serves them. */
async function serves(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1', () => socket.write(open));
  const isThere = await new Promise<boolean>((resolve) => {
    socket.on('data', (bytes) => bytes.includes('</stream:features>') && resolve(true));
    socket.once('close', () => resolve(false)).on('error', () => {});
  });
  socket.destroy();
  return isThere;
}
