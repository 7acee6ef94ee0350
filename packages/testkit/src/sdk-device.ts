import { type Flooim, flooim } from 'flooim';
import { fingerprint } from './fingerprint.ts';
import { pairLog, type ReadDatabase } from './read-database.ts';
import type { Recordable } from './record.ts';
import type { DeviceLog, DeviceRecord, SendRecord, ShownMessage } from './run.ts';
import { until } from './wait.ts';

export interface SdkDeviceOptions {
  /** The server's URL, or that of a proxy in front of it. */
  url: string;
  /** How the server lists the device; unique among a user's devices, so that the recorder can tell them apart. */
  name: string;
}

interface Said {
  peer: number;
  content: string;
  outcome: SendRecord['outcome'];
  mids: number[];
}

/** As many messages of a conversation the SDK keeps in memory, at least, while nobody asks for older ones. */
const keptInMemory = 200;

function window(messages: ShownMessage[]): Pick<DeviceLog, 'messages' | 'keptAfter'> {
  const isFull = messages.length >= keptInMemory;
  return { messages, keptAfter: isFull ? (messages[0] as ShownMessage).mid - 1 : 0 };
}

/** An SDK instance with a memory of its own, and notes on what the application was told. */
export class SdkDevice implements Recordable {
  readonly im: Flooim;
  readonly name: string;
  readonly #said = new Map<number, Said>();
  /** By conversation: mids in the order of their `onRosterMessage`. */
  readonly #arrivals = new Map<number, number[]>();

  constructor({ url, name }: SdkDeviceOptions) {
    this.name = name;
    this.im = flooim({ appid: 'flooim', dnsServer: `${url}/v2/app_dns`, storage: 'memory', deviceName: name });
    this.im.on('onRosterMessage', (message) => {
      const peer = Number(message.from) === this.uid ? Number(message.to) : Number(message.from);
      this.#arrivals.set(peer, [...(this.#arrivals.get(peer) ?? []), Number(message.id)]);
    });
    this.im.on('onSendingMessageStatusChanged', ({ status, mid, serverMid }) => {
      const said = this.#said.get(mid);
      if (!said || status === 'sending') return;
      said.outcome = status === 'sent' ? 'sent' : 'refused';
      if (serverMid) said.mids.push(Number(serverMid));
    });
  }

  get uid(): number {
    return this.im.userManage.getUid();
  }

  /** Logs in and waits until it has caught up. */
  async login(name: string, password: string): Promise<void> {
    await this.im.login({ name, password });
    await this.online();
  }

  async online(timeoutMs = 20_000): Promise<void> {
    await until(() => this.im.connection.state.name === 'online', `${this.name} to be online`, { timeoutMs });
  }

  say(peer: number, content: string): number {
    const clientMid = this.im.sysManage.sendRosterMessage({ uid: peer, content });
    this.#said.set(clientMid, { peer, content, outcome: 'unknown', mids: [] });
    return clientMid;
  }

  /** Whether it is online and everything it said is answered. */
  get settled(): boolean {
    const isOnline = this.im.connection.state.name === 'online';
    return isOnline && [...this.#said.values()].every((said) => said.outcome !== 'unknown');
  }

  /** What it shows of a conversation, without what is on its way. */
  shown(peer: number): ShownMessage[] {
    const messages = this.im.rosterManage.getRosterMessageByRid(peer).filter((message) => message.sending === 'sent');
    return messages.map((message) => ({
      mid: Number(message.id),
      uid: Number(message.from),
      content: fingerprint({ ctype: 0, content: message.content, config: '', attachment: '', ext: '' }),
      recalled: false,
    }));
  }

  record(database: ReadDatabase): { device: DeviceRecord; sends: SendRecord[] } {
    const { uid } = this;
    const row = database.devices.find((device) => device.uid === uid && device.agent === this.name);
    const deviceSN = row?.deviceSN ?? 0;
    const peers = this.im.userManage.getConversationList().map((conversation) => conversation.id);
    const logs = peers.map(
      (peer): DeviceLog => ({
        log: pairLog(uid, peer),
        ...window(this.shown(peer)),
        arrivals: this.#arrivals.get(peer) ?? [],
        unread: this.im.rosterManage.getUnreadCount(peer),
      }),
    );
    const sends = [...this.#said].map(
      ([clientMid, { peer, content, outcome, mids }]): SendRecord => ({
        log: pairLog(uid, peer),
        uid,
        deviceSN,
        clientMid,
        content,
        outcome,
        mids,
      }),
    );
    return { device: { uid, deviceSN, since: row?.firstMid ?? 0, complete: this.settled, logs }, sends };
  }

  async dispose(): Promise<void> {
    await this.im.dispose();
  }
}
