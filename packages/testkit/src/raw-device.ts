import { setTimeout as sleep } from 'node:timers/promises';
import {
  Command,
  ContentType,
  closeCodes,
  decodeMessageBody,
  encodeMessageBody,
  type Init,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  StatusCode,
  type SyncDL,
  type UnreadDL,
} from '@flooim/protocol';
import { fingerprint } from './fingerprint.ts';
import { type Login, RawClient } from './raw-client.ts';
import type { SendRecord, ShownMessage } from './run.ts';
import { until } from './wait.ts';

/** One conversation as a device has it; the peer names it. */
export interface DeviceConversation {
  peer: number;
  cursor: number;
  /** By mid. */
  messages: ShownMessage[];
  arrivals: number[];
  cursors: number[];
  reads: number[];
  pulling: boolean;
  /** Something told of more while a pull was under way. */
  pullAgain: boolean;
}

export interface RawDeviceOptions {
  /** Sends without an answer at one time. Default 32. */
  window?: number;
  /** Before connecting again. Default 20 ms, with as much chance again. */
  retryMs?: number;
  /** Without an answer to what it asked for so long, it takes the connection for dead. Default 3000. */
  silenceMs?: number;
  pullCount?: number;
}

export interface Outgoing extends SendRecord {
  peer: number;
  meta: Init<Meta>;
  /** Set once it is answered. */
  sentAt: number;
  /** What the server said when it refused it. */
  refusal?: string;
}

/** Later runs of the same device never come back to a number. */
const firstClientMid = Date.now() * 1000;
let clientMids = 0;

/**
 * A device that speaks version 2 by docs/xsync-v2.md and believes every word: it holds what it was given in memory, keeps
 * its cursors and its queue of sends over reconnects, and sends again under the same client mid. It never corrects what
 * a correct server would not do, so that the checker can see it.
 */
export class RawDevice {
  readonly login: Login;
  readonly conversations = new Map<number, DeviceConversation>();
  /** Every message, in the order in which it was said. */
  readonly sends: Outgoing[] = [];
  deviceSN = 0;
  url: string;
  client: RawClient | undefined;
  /** Why it gave up, if it did. */
  stopped: string | undefined;
  onMessage: ((peer: number, message: ShownMessage) => void) | undefined;
  onSent: ((send: Outgoing) => void) | undefined;
  readonly #options: Required<RawDeviceOptions>;
  /** What has no final answer yet, in order. */
  readonly #queue = new Map<number, Outgoing>();
  /** Of the queue, what went out on this connection. */
  readonly #underWay = new Set<number>();
  readonly #toAcknowledge = new Set<number>();
  #ackTimer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #running = false;
  #loop: Promise<void> | undefined;
  #synced = false;

  constructor(url: string, login: Login, options: RawDeviceOptions = {}) {
    this.url = url;
    this.login = login;
    this.#options = { window: 32, retryMs: 20, silenceMs: 3000, pullCount: 200, ...options };
  }

  get uid(): number {
    return this.login.uid;
  }

  /** Connects, and connects again until `stop`. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#loop = this.#live();
  }

  /** Closes the connection; what it holds stays. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    this.client?.terminate();
    await this.#loop;
  }

  /** Whether nothing is on the way, in either direction, as far as it knows. */
  get settled(): boolean {
    if (!this.client || !this.#synced || this.#queue.size > 0) return false;
    return [...this.conversations.values()].every((conversation) => !conversation.pulling);
  }

  get unanswered(): number {
    return this.#queue.size;
  }

  /** Waits until it is connected, has everything and all its sends are answered. */
  async settle(timeoutMs = 20_000): Promise<void> {
    await until(() => this.settled, `device ${this.uid}/${this.deviceSN} to settle`, { timeoutMs });
  }

  /** Asks for everything after the cursors once more. */
  refresh(): void {
    this.#synced = false;
    this.client?.send(Command.UNREAD);
  }

  /** Says something; it goes out when it can. */
  say(peer: number, content: string, more: Init<MessageBody> = {}): Outgoing {
    const body = {
      type: MessageType.CHAT,
      ctype: ContentType.TEXT,
      content,
      config: '',
      attachment: '',
      ext: '',
      ...more,
    };
    return this.#enqueue(peer, body, fingerprint(body as MessageBody), this.sends);
  }

  /** Tells how far the user has read; resolves once the server has taken it. */
  async read(peer: number, mid: number): Promise<void> {
    await this.#operate(peer, { type: OperationType.READ_ACK, mid });
    const { reads } = this.conversation(peer);
    reads.push(Math.max(mid, reads.at(-1) ?? 0));
  }

  async recall(peer: number, mid: number): Promise<void> {
    await this.#operate(peer, { type: OperationType.RECALL, mid, xid: { uid: peer } });
    this.#recalled(peer, mid);
  }

  conversation(peer: number): DeviceConversation {
    let found = this.conversations.get(peer);
    if (!found) {
      found = { peer, cursor: 0, messages: [], arrivals: [], cursors: [], reads: [], pulling: false, pullAgain: false };
      this.conversations.set(peer, found);
    }
    return found;
  }

  /** All pages of a conversation's history, newest first, up to a refusal. */
  async history(peer: number, pageSize = 200): Promise<{ mid: number; uid: number; content: string }[]> {
    const client = this.client;
    if (!client) throw new Error('not connected');
    const messages: { mid: number; uid: number; content: string }[] = [];
    for (let key = 0, more = true; more; more = key > 0) {
      const isAnswer = (sync: SyncDL) => (sync.isFullSync && sync.xid?.uid === peer) || isRefusal(sync);
      const answer = client.nextSync(isAnswer);
      client.sync({ xid: { uid: peer }, key, isFullSync: true, fullSyncNum: pageSize });
      const { metas, nextKey } = await answer;
      messages.push(...metas.map((meta) => ({ mid: meta.id, uid: meta.from?.uid ?? 0, content: contentOf(meta) })));
      key = nextKey;
    }
    return messages;
  }

  async #operate(peer: number, operation: Init<MessageBody>['operation']): Promise<void> {
    const outgoing = this.#enqueue(peer, { type: MessageType.OPER, operation }, '', []);
    await until(() => outgoing.outcome !== 'unknown', 'an operation to be answered', { timeoutMs: 60_000 });
    if (outgoing.outcome === 'refused') throw new Error('the operation was refused');
  }

  #enqueue(peer: number, body: Init<MessageBody>, content: string, record: Outgoing[]): Outgoing {
    const clientMid = firstClientMid + ++clientMids;
    const meta = { id: clientMid, to: { uid: peer }, ns: Namespace.MESSAGE, payload: encodeMessageBody(body) };
    const { uid, deviceSN } = this;
    const outgoing: Outgoing = {
      log: '',
      uid,
      deviceSN,
      clientMid,
      content,
      outcome: 'unknown',
      mids: [],
      peer,
      meta,
      sentAt: 0,
    };
    record.push(outgoing);
    this.#queue.set(clientMid, outgoing);
    this.#sendMore();
    return outgoing;
  }

  #sendMore(): void {
    if (!this.client || this.#underWay.size >= this.#options.window) return;
    for (const outgoing of this.#queue.values()) {
      if (this.#underWay.has(outgoing.clientMid)) continue;
      if (this.#underWay.size >= this.#options.window) return;
      this.#underWay.add(outgoing.clientMid);
      this.client.sync({ meta: outgoing.meta });
    }
  }

  async #live(): Promise<void> {
    while (this.#running) {
      const closed = await this.#connect().catch(() => undefined);
      if (closed !== undefined && shouldStop(closed)) {
        this.stopped = `closed with ${closed}`;
        this.#running = false;
      }
      if (this.#running) await sleep(this.#options.retryMs * (1 + Math.random()));
    }
  }

  /** One connection's life; gives its close code. */
  async #connect(): Promise<number> {
    const client = await timely(RawClient.open(this.url), this.#options.silenceMs);
    this.#heardAt = performance.now();
    client.onFrame = () => {
      this.#heardAt = performance.now();
    };
    const watch = setInterval(() => this.#watch(client), this.#options.silenceMs / 4);
    try {
      client.onSync = (sync) => this.#sync(client, sync);
      client.onUnread = (unread) => this.#unread(unread);
      client.onNotice = (notice) => notice && this.#pull(notice.xid.uid);
      await timely(client.provision(this.login), this.#options.silenceMs);
      if (this.#running) this.#begin(client);
      else client.terminate();
      return await client.closed();
    } finally {
      clearInterval(watch);
      client.terminate();
      this.client = undefined;
    }
  }

  #begin(client: RawClient): void {
    this.client = client;
    this.deviceSN = client.deviceSN;
    for (const send of this.sends) send.deviceSN = client.deviceSN;
    for (const conversation of this.conversations.values()) conversation.pulling = conversation.pullAgain = false;
    this.#underWay.clear();
    this.#synced = false;
    client.send(Command.UNREAD);
    this.#sendMore();
  }

  /** A connection that answers nothing is dead, whatever TCP says. */
  #watch(client: RawClient): void {
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > this.#options.silenceMs) client.terminate();
    else if (silentMs > this.#options.silenceMs / 3) client.send(Command.NOTICE);
  }

  #unread({ unread }: UnreadDL): void {
    this.#synced = true;
    for (const row of unread) {
      const conversation = this.conversation(row.xid.uid);
      if (row.readMid > 0) conversation.reads.push(row.readMid);
      if (row.n > 0) this.#pull(row.xid.uid);
    }
  }

  #pull(peer: number): void {
    const conversation = this.conversation(peer);
    if (!this.client) return;
    conversation.pullAgain = conversation.pulling;
    if (conversation.pulling) return;
    conversation.pulling = true;
    this.client.sync({ xid: { uid: peer }, key: conversation.cursor, fullSyncNum: this.#options.pullCount });
  }

  #sync(client: RawClient, sync: SyncDL): void {
    if (sync.clientMid > 0) this.#answered(sync);
    else if (sync.isFullSync || client !== this.client || !sync.xid) return;
    else if (sync.isEagerSync) this.#pushed(sync.xid.uid, sync);
    else this.#pulled(sync.xid.uid, sync);
  }

  #answered(sync: SyncDL): void {
    const outgoing = this.#queue.get(sync.clientMid) ?? this.sends.find((send) => send.clientMid === sync.clientMid);
    if (!outgoing) return;
    this.#underWay.delete(sync.clientMid);
    if (sync.status?.code === StatusCode.RATE_LIMIT_EXCEEDED) {
      setTimeout(() => this.#sendMore(), 200);
      return;
    }
    const isFirst = this.#queue.delete(sync.clientMid);
    if (sync.status?.code === StatusCode.OK) this.#placed(outgoing, sync, isFirst);
    else refuse(outgoing, sync);
    outgoing.sentAt = performance.now();
    if (isFirst) this.onSent?.(outgoing);
    this.#sendMore();
  }

  #placed(outgoing: Outgoing, sync: SyncDL, isFirst: boolean): void {
    outgoing.outcome = 'sent';
    outgoing.mids.push(sync.serverMid);
    const conversation = this.conversation(outgoing.peer);
    if (isFirst && outgoing.content) {
      insert(conversation.messages, { mid: sync.serverMid, uid: this.uid, content: outgoing.content, recalled: false });
    }
    if (sync.serverMid <= conversation.cursor) return;
    if (sync.prevMid <= conversation.cursor) this.#moveCursor(conversation, sync.serverMid);
    else this.#pull(outgoing.peer);
  }

  #pushed(peer: number, sync: SyncDL): void {
    const conversation = this.conversation(peer);
    if (sync.nextKey === 0) return;
    if (sync.prevMid > conversation.cursor) {
      this.#pull(peer);
      return;
    }
    this.#apply(conversation, sync);
    this.#acknowledgeSoon(peer);
  }

  #pulled(peer: number, sync: SyncDL): void {
    const conversation = this.conversation(peer);
    conversation.pulling = false;
    if (sync.nextKey > 0) this.#apply(conversation, sync);
    if (sync.nextKey > 0 || conversation.pullAgain) this.#pull(peer);
  }

  #apply(conversation: DeviceConversation, sync: SyncDL): void {
    const { cursor } = conversation;
    for (const meta of sync.metas) if (meta.id > cursor) this.#take(conversation, meta);
    if (sync.nextKey > cursor || !sync.isEagerSync) this.#moveCursor(conversation, sync.nextKey);
  }

  #moveCursor(conversation: DeviceConversation, cursor: number): void {
    if (cursor === conversation.cursor) return;
    conversation.cursor = cursor;
    conversation.cursors.push(cursor);
  }

  #take(conversation: DeviceConversation, meta: Meta): void {
    conversation.arrivals.push(meta.id);
    if (meta.ns !== Namespace.MESSAGE) return;
    const body = decodeMessageBody(meta.payload);
    if (body.type === MessageType.OPER) {
      this.#operation(conversation, meta, body);
      return;
    }
    const message = { mid: meta.id, uid: meta.from?.uid ?? 0, content: fingerprint(body), recalled: false };
    insert(conversation.messages, message);
    this.onMessage?.(conversation.peer, message);
  }

  #operation(conversation: DeviceConversation, meta: Meta, { operation }: MessageBody): void {
    if (operation?.type === OperationType.RECALL) this.#recalled(conversation.peer, operation.mid);
    if (operation?.type !== OperationType.READ_ACK || meta.from?.uid !== this.uid) return;
    const before = conversation.reads.at(-1) ?? 0;
    if (operation.mid > before) conversation.reads.push(operation.mid);
  }

  #recalled(peer: number, mid: number): void {
    const message = this.conversation(peer).messages.find((each) => each.mid === mid);
    if (message) message.recalled = true;
  }

  #acknowledgeSoon(peer: number): void {
    this.#toAcknowledge.add(peer);
    this.#ackTimer ??= setTimeout(() => {
      this.#ackTimer = undefined;
      for (const each of this.#toAcknowledge)
        this.client?.sync({ xid: { uid: each }, key: this.conversation(each).cursor });
      this.#toAcknowledge.clear();
    }, 100);
  }
}

function isRefusal(sync: SyncDL): boolean {
  return sync.clientMid === 0 && sync.status?.code !== StatusCode.OK;
}

function refuse(outgoing: Outgoing, { status }: SyncDL): void {
  outgoing.outcome = 'refused';
  outgoing.refusal = status?.reason;
}

function contentOf(meta: Meta): string {
  return fingerprint(decodeMessageBody(meta.payload));
}

/** Puts a message where its mid belongs; what comes twice is there twice. */
function insert(messages: ShownMessage[], message: ShownMessage): void {
  let at = messages.length;
  while (at > 0 && (messages[at - 1] as ShownMessage).mid > message.mid) at--;
  messages.splice(at, 0, message);
}

const stopCodes: ReadonlySet<number> = new Set(
  Object.values(closeCodes)
    .filter((close) => close.then !== 'reconnect')
    .map((close) => close.code),
);

function shouldStop(code: number): boolean {
  return stopCodes.has(code);
}

async function timely<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
