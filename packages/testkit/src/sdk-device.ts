import { type Flooim, type FlooimConfig, flooim, type Meta } from 'flooim';
import { fingerprint } from './fingerprint.ts';
import { groupLog, pairLog, type ReadDatabase } from './read-database.ts';
import type { Recordable } from './record.ts';
import type { DeviceLog, DeviceRecord, SendRecord, ShownMessage } from './run.ts';
import { until } from './wait.ts';

export interface SdkDeviceOptions {
  /** The server's URL, or that of a proxy in front of it. */
  url: string;
  /** How the server lists the device; unique among a user's devices, so that the recorder can tell them apart. */
  name: string;
  transport?: FlooimConfig['transport'];
}

interface Said {
  /** The user or the group. */
  to: number;
  isGroup: boolean;
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

function sent(messages: readonly Meta[]): ShownMessage[] {
  return messages
    .filter((message) => message.sending === 'sent')
    .map(({ id, from, content }) => ({
      mid: Number(id),
      uid: Number(from),
      content: fingerprint({ ctype: 0, content, config: '', attachment: '', ext: '' }),
      recalled: false,
    }));
}

/** An SDK instance with a memory of its own, and notes on what the application was told. */
export class SdkDevice implements Recordable {
  readonly im: Flooim;
  readonly name: string;
  readonly #said = new Map<number, Said>();
  /** By conversation: mids in the order of their `onRosterMessage` or `onGroupMessage`. */
  readonly #arrivals = new Map<number, number[]>();

  constructor({ url, name, transport }: SdkDeviceOptions) {
    this.name = name;
    const dnsServer = `${url}/v2/app_dns`;
    this.im = flooim({ appid: 'flooim', dnsServer, storage: 'memory', deviceName: name, transport });
    this.im.on('onRosterMessage', ({ from, to, id }) => this.#arrived(Number(from) === this.uid ? to : from, id));
    this.im.on('onGroupMessage', ({ to, id }) => this.#arrived(to, id));
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

  /** The same by a token that he has from elsewhere. */
  async loginByToken(uid: number, token: string, timeoutMs?: number): Promise<void> {
    await this.im.tokenLogin({ user_id: uid, token });
    await this.online(timeoutMs);
  }

  async online(timeoutMs = 20_000): Promise<void> {
    await until(() => this.im.connection.state.name === 'online', `${this.name} to be online`, { timeoutMs });
  }

  say(peer: number, content: string): number {
    const clientMid = this.im.sysManage.sendRosterMessage({ uid: peer, content });
    this.#said.set(clientMid, { to: peer, isGroup: false, content, outcome: 'unknown', mids: [] });
    return clientMid;
  }

  sayInGroup(gid: number, content: string): number {
    const clientMid = this.im.sysManage.sendGroupMessage({ gid, content });
    this.#said.set(clientMid, { to: gid, isGroup: true, content, outcome: 'unknown', mids: [] });
    return clientMid;
  }

  /** Everything that the other user has said. */
  read(peer: number): void {
    this.im.rosterManage.readRosterMessage(peer);
  }

  readGroup(gid: number): void {
    this.im.groupManage.readGroupMessage(gid);
  }

  /** Whether it is online and everything it said is answered. */
  get settled(): boolean {
    const isOnline = this.im.connection.state.name === 'online';
    return isOnline && [...this.#said.values()].every((said) => said.outcome !== 'unknown');
  }

  /** What it shows of a conversation with a user, without what is on its way. */
  shown(peer: number): ShownMessage[] {
    return sent(this.im.rosterManage.getRosterMessageByRid(peer));
  }

  record(database: ReadDatabase): { device: DeviceRecord; sends: SendRecord[] } {
    const { uid } = this;
    const row = database.devices.find((device) => device.uid === uid && device.agent === this.name);
    const deviceSN = row?.deviceSN ?? 0;
    const logs = this.im.userManage.getConversationList().map(({ id, type }) => this.#log(id, type === 'group'));
    const sends = [...this.#said].map(
      ([clientMid, { to, isGroup, ...said }]): SendRecord => ({
        log: isGroup ? groupLog(to) : pairLog(uid, to),
        uid,
        deviceSN,
        clientMid,
        ...said,
      }),
    );
    return { device: { uid, deviceSN, since: row?.firstMid ?? 0, complete: this.settled, logs }, sends };
  }

  #log(id: number, isGroup: boolean): DeviceLog {
    const { groupManage, rosterManage } = this.im;
    return {
      log: isGroup ? groupLog(id) : pairLog(this.uid, id),
      ...window(isGroup ? sent(groupManage.getGruopMessage(id)) : this.shown(id)),
      arrivals: this.#arrivals.get(id) ?? [],
      unread: isGroup ? groupManage.getUnreadCount(id) : rosterManage.getUnreadCount(id),
    };
  }

  #arrived(conversation: string, mid: string): void {
    const arrivals = this.#arrivals.get(Number(conversation)) ?? [];
    arrivals.push(Number(mid));
    this.#arrivals.set(Number(conversation), arrivals);
  }

  async dispose(): Promise<void> {
    await this.im.dispose();
  }
}
