import { startServer, type TestServer } from '@flooim/testkit';
import type { FlooimConfig } from 'flooim';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Client, closeAll, open, password } from './support.ts';

export interface Person extends Client {
  name: string;
  uid: number;
}

/** One real server for a test file, and people on it; everything opened ends with its test. */
export interface Town {
  server: TestServer;
  config(more?: Partial<FlooimConfig>): FlooimConfig;
  /** A new account, signed in. */
  person(name: string, more?: Partial<FlooimConfig>): Promise<Person>;
  /** One more device of somebody. */
  device(of: Person, more?: Partial<FlooimConfig>): Promise<Person>;
  friends(a: Person, b: Person): Promise<void>;
}

let accounts = 0;

export function town(): Town {
  const self: Town = {
    server: undefined as unknown as TestServer,
    config: (more = {}) => ({ appid: 'flooim', dnsServer: `${self.server.url}/v2/app_dns`, ...more }),
    async person(prefix, more) {
      const name = `${prefix}_${process.pid}_${++accounts}`;
      const client = open(self.config(more));
      await client.im.rosterManage.asyncRegester({ username: name, password });
      return signIn(client, name);
    },
    device: (of, more) => signIn(open(self.config(more)), of.name),
    async friends(a, b) {
      await a.im.rosterManage.asyncApply({ user_id: b.uid });
      await Promise.all([a, b].map((one) => one.next('onRosterListUpdate', (meta) => meta.type === 'added')));
    },
  };
  beforeAll(async () => {
    self.server = await startServer();
  });
  afterEach(closeAll);
  afterAll(() => self.server.close());
  return self;
}

async function signIn(client: Client, name: string): Promise<Person> {
  await client.im.login({ name, password });
  await client.next('connectionChange', (state) => state.name === 'online');
  return Object.assign(client, { name, uid: client.im.userManage.getUid() });
}

/** Sends and waits until the server has it; the server's mid. */
export async function say(from: Person, to: Person, content: string): Promise<string> {
  const mid = from.im.sysManage.sendRosterMessage({ uid: to.uid, content });
  const sent = await from.next('onSendingMessageStatusChanged', (res) => res.mid === mid && res.status !== 'sending');
  if (!sent.serverMid) throw new Error(`not sent: ${sent.reason}`);
  return sent.serverMid;
}

/** What a device shows of a conversation. */
export function texts(of: Person, withWhom: Person): string[] {
  return of.im.rosterManage.getRosterMessageByRid(withWhom.uid).map((meta) => meta.content);
}
