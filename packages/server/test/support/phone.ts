import {
  Command,
  ContentType,
  type ConversationUnread,
  decodeMessageBody,
  encodeConversation,
  encodeMessageBody,
  type Init,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  type OperationType,
  StatusCode,
  type SyncDL,
  type Vsn,
} from '@flooim/protocol';
import { type DoorName, type Login, RawClient, until } from '@flooim/testkit';

/** One row for all: two phones may be the same device, and a device uses a client mid once. */
let lastClientMid = 0;

/** A device that remembers all it was pushed; what it asks for comes back as a promise. */
export class Phone {
  readonly raw: RawClient;
  /** Pushed frames, in order; answers are not among them. */
  readonly pushed: SyncDL[] = [];
  readonly notices: number[] = [];
  #waiting: { wanted: (sync: SyncDL) => boolean; resolve: (sync: SyncDL) => void }[] = [];

  private constructor(raw: RawClient) {
    this.raw = raw;
    raw.onSync = (sync) => this.#receive(sync);
    raw.onNotice = (notice) => notice && this.notices.push(notice.xid.uid);
  }

  static async connect(url: string, login: Login, vsn?: Vsn, door?: DoorName): Promise<Phone> {
    return new Phone(await RawClient.login(url, login, vsn, door));
  }

  nextMid(): number {
    return ++lastClientMid;
  }

  /** Sends any meta and waits for its answer. */
  async send(meta: Init<Meta>): Promise<SyncDL> {
    const id = meta.id ?? this.nextMid();
    const answer = this.#answer((sync) => sync.clientMid === id);
    this.raw.sync({ meta: { ns: Namespace.MESSAGE, ...meta, id } });
    return answer;
  }

  message(to: number, body: Init<MessageBody>, id?: number): Promise<SyncDL> {
    const payload = encodeMessageBody({ type: MessageType.CHAT, ...body });
    return this.send({ id, to: { uid: to }, payload });
  }

  text(to: number, content: string, id?: number): Promise<SyncDL> {
    return this.message(to, { content, ctype: ContentType.TEXT }, id);
  }

  operate(to: number, type: OperationType, mid: number, peer?: number, id?: number): Promise<SyncDL> {
    const operation = { type, mid, ...(peer ? { xid: { uid: peer } } : {}) };
    const payload = encodeMessageBody({ type: MessageType.OPER, ctype: ContentType.COMMAND, operation });
    return this.send({ id, to: { uid: to }, payload });
  }

  /** Appends to a message, or replaces it. */
  edit(to: number, { type, mid, content }: { type: OperationType; mid: number; content: string }): Promise<SyncDL> {
    const payload = encodeMessageBody({ type: MessageType.OPER, content, operation: { type, mid } });
    return this.send({ to: { uid: to }, payload });
  }

  deleteConversation(peer: number, type: 1 | 2): Promise<SyncDL> {
    const payload = encodeConversation({ operation: { type, xid: { uid: peer } } });
    return this.send({ ns: Namespace.CONVERSATION, payload });
  }

  pull(peer: number, key = 0, count = 200): Promise<SyncDL> {
    const answer = this.#answer((sync) => sync.xid?.uid === peer && !sync.isEagerSync && !sync.isFullSync);
    this.raw.sync({ xid: { uid: peer }, key, fullSyncNum: count });
    return answer;
  }

  acknowledge(peer: number, key: number): void {
    this.raw.sync({ xid: { uid: peer }, key });
  }

  history(peer: number, key = 0, count = 20): Promise<SyncDL> {
    const answer = this.#answer((sync) => sync.isFullSync || sync.status?.code !== StatusCode.OK);
    this.raw.sync({ xid: { uid: peer }, key, isFullSync: true, fullSyncNum: count });
    return answer;
  }

  unread(): Promise<ConversationUnread[]> {
    return new Promise((resolve) => {
      this.raw.onUnread = ({ unread }) => resolve(unread);
      this.raw.send(Command.UNREAD);
    });
  }

  /** The first push that fits, already here or still to come. */
  async pushedWhere(wanted: (sync: SyncDL) => boolean, what: string): Promise<SyncDL> {
    await until(() => this.pushed.some(wanted), what);
    return this.pushed.find(wanted) as SyncDL;
  }

  /** Waits until a message with this text was pushed. */
  pushedText(content: string): Promise<SyncDL> {
    return this.pushedWhere((sync) => texts(sync).includes(content), `a push of "${content}"`);
  }

  /** Waits until an operation of this type was pushed. */
  async pushedOperation(type: OperationType): Promise<{ sync: SyncDL; body: MessageBody }> {
    const isIt = (sync: SyncDL) => bodies(sync).some((body) => body.operation?.type === type);
    const sync = await this.pushedWhere(isIt, `operation ${type}`);
    return { sync, body: bodies(sync)[0] as MessageBody };
  }

  /** An answered round trip: all that was pushed before it is here. */
  async settle(): Promise<void> {
    await this.unread();
  }

  #answer(wanted: (sync: SyncDL) => boolean): Promise<SyncDL> {
    return new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
  }

  #receive(sync: SyncDL): void {
    const waiting = this.#waiting.findIndex(({ wanted }) => wanted(sync));
    if (waiting < 0) this.pushed.push(sync);
    else this.#waiting.splice(waiting, 1)[0]?.resolve(sync);
  }
}

/** The message bodies in a frame. */
export function bodies(sync: SyncDL): MessageBody[] {
  return sync.metas.filter((meta) => meta.ns === Namespace.MESSAGE).map((meta) => decodeMessageBody(meta.payload));
}

/** The texts of the messages in a frame. */
export function texts(sync: SyncDL): string[] {
  return bodies(sync)
    .filter((body) => body.type !== MessageType.OPER)
    .map((body) => body.content);
}
