import {
  ContentType,
  type ConversationOperationType,
  DeliveryStatus,
  decodeMessageBody,
  MessageType,
  OperationType,
  type Status,
  StatusCode,
  type SyncDL,
} from '@flooim/protocol';
import { fingerprint } from '../fingerprint.ts';
import type { ReadDatabase } from '../read-database.ts';
import type { Recordable } from '../record.ts';
import type { DeviceRecord, SendRecord } from '../run.ts';
import { until } from '../wait.ts';
import { deployedTimes, type OldAccount, OldConnection, type OldTimes } from './old-connection.ts';
import { OldEffects, type OldOperation } from './old-effects.ts';
import { type OldSaid, recordOldDevice } from './old-record.ts';
import type { OldPage, OldSession } from './old-session.ts';
import { type OldConversation, type OldMessage, OldStore, type OldVersion } from './old-store.ts';
import type { OldContent, OldEdit, OldFrame } from './uplink.ts';

export interface OldDeviceOptions {
  /** The server, or a proxy in front of it. */
  url: string;
  account: OldAccount;
  /** Default: 3.0.0. */
  version?: OldVersion;
  /** Default: as deployed. */
  times?: Partial<OldTimes>;
  /** Where the socket goes, instead of where DNS says. */
  realtimeUrl?: string;
  /** Its clock, of which client mids are readings: one that stands still makes them collide. */
  clock?: () => number;
  random?: () => number;
}

/** Recalls, deletions, edits and marks. */
type Asked = Omit<OldOperation, 'type'>;

const { APPEND, DELETE, READ_ACK, READ_ALL, READ_CANCEL, RECALL, REPLACE } = OperationType;

/**
 * A device that does what a deployed web client does, and believes every word: version 1 over Socket.IO, with the client
 * library of those years. It keeps no cursor, sends nothing twice, looks for no gap and drops nothing that comes twice, so
 * that the checker can see it.
 */
export class OldDevice implements Recordable {
  readonly store = new OldStore();
  readonly said: OldSaid[] = [];
  readonly connection: OldConnection;
  readonly version: OldVersion;
  readonly #effects: OldEffects;

  constructor({ version = '3.0.0', times, clock = Date.now, random = Math.random, ...where }: OldDeviceOptions) {
    this.version = version;
    this.#effects = new OldEffects(this.store, version);
    const options = { ...where, version, clock, random, times: { ...deployedTimes, ...times } };
    this.connection = new OldConnection(options, this.store, this.#effects);
  }

  get uid(): number {
    return this.connection.uplink.self.uid;
  }

  get deviceSN(): number {
    return this.connection.uplink.self.deviceSN;
  }

  get isOnline(): boolean {
    return this.connection.session?.isProvisioned ?? false;
  }

  get isSettled(): boolean {
    return this.connection.session?.isSettled ?? false;
  }

  /** For the checker: by id, what it has of each conversation. */
  get conversations(): ReadonlyMap<number, OldConversation> {
    return this.store.conversations;
  }

  /** Logs in and waits until it has caught up. */
  async login(timeoutMs = 20_000): Promise<void> {
    this.connection.start();
    await this.settle(timeoutMs);
  }

  async stop(): Promise<void> {
    await this.connection.stop();
  }

  async settle(timeoutMs = 20_000): Promise<void> {
    await until(() => this.isSettled, `old device ${this.uid}/${this.deviceSN} to settle`, { timeoutMs });
  }

  /** Asks for the unread list, as its heartbeat does. */
  refresh(): void {
    this.connection.session?.askUnread();
  }

  /** Says something to a user, or to a group it is in. Without a connection it fails at once. */
  say(to: number, content: string | OldContent): OldSaid {
    const whole = typeof content === 'string' ? { content } : content;
    const type = this.store.groups.has(to) ? MessageType.GROUPCHAT : MessageType.CHAT;
    return this.#say(to, whole, this.connection.uplink.message(to, type, whole));
  }

  /** A message to a group that names somebody. */
  mention(gid: number, content: OldContent): OldSaid {
    return this.#say(gid, content, this.connection.uplink.mention(gid, content));
  }

  /** As a person who presses send again: the same frame. */
  repeat(said: OldSaid): void {
    this.#transmit(said);
  }

  type(to: number, status: 'typing' | 'nothing' = 'typing'): void {
    this.connection.session?.send(this.connection.uplink.typing(to, status).bytes);
  }

  unread(conversation: number): number {
    return this.store.conversation(conversation).unread.length;
  }

  messages(conversation: number): OldMessage[] {
    const { mids, messages } = this.store.conversation(conversation);
    return mids.flatMap((mid) => messages.get(mid) ?? []);
  }

  /** Everything: one word for each unread message to who wrote it, one with the last to its own devices. */
  read(conversation: number): void {
    const { unread } = this.store.conversation(conversation);
    const last = unread.at(-1);
    if (!last) return;
    const isGroup = this.store.groups.has(conversation);
    for (const { mid, from, config } of unread) {
      if (!isGroup || config.includes('groupMemberList')) this.#readAck(conversation, from, mid);
      this.#effects.operate({ type: READ_ACK, conversation, mid });
    }
    if (isGroup && this.version === '2.0.0') return;
    this.#readFrame(conversation, this.connection.uplink.operate(READ_ALL, conversation, last.mid));
  }

  /** One message, of which the own devices hear by the word to who wrote it. */
  readOne(conversation: number, mid: number): void {
    const message = this.store.conversation(conversation).messages.get(mid);
    if (!message) throw new Error(`there is no message ${mid}`);
    this.#readAck(conversation, message.from, mid);
    this.#effects.operate({ type: READ_ACK, conversation, mid });
  }

  markUnread(conversation: number, mid: number): Promise<void> {
    const frame = this.connection.uplink.operate(READ_CANCEL, conversation, mid);
    return this.#operate(READ_CANCEL, { conversation, mid }, frame);
  }

  recall(conversation: number, mid: number): Promise<void> {
    return this.#operate(RECALL, { conversation, mid }, this.connection.uplink.operate(RECALL, conversation, mid));
  }

  /** For its user alone. */
  delete(conversation: number, mid: number): Promise<void> {
    return this.#operate(DELETE, { conversation, mid }, this.connection.uplink.operate(DELETE, conversation, mid));
  }

  append(conversation: number, mid: number, edit: OldEdit): Promise<void> {
    return this.#edit(APPEND, conversation, mid, edit);
  }

  replace(conversation: number, mid: number, edit: OldEdit): Promise<void> {
    return this.#edit(REPLACE, conversation, mid, edit);
  }

  async deleteConversation(conversation: number, type: ConversationOperationType): Promise<void> {
    await this.#answered(this.connection.uplink.deleteConversation(type, conversation));
    this.#effects.forget(conversation);
  }

  /** All pages of a conversation's history, newest first, up to a refusal. */
  async history(conversation: number, pageSize = 20): Promise<{ mid: number; uid: number; content: string }[]> {
    const messages: { mid: number; uid: number; content: string }[] = [];
    for (let key = 0, more = true; more; more = key > 0) {
      const page = await this.page(conversation, key, pageSize);
      for (const { id, from, payload } of page.metas) {
        messages.push({ mid: id, uid: from?.uid ?? 0, content: fingerprint(decodeMessageBody(payload)) });
      }
      key = page.nextKey;
    }
    return messages;
  }

  async page(conversation: number, key: number, count: number): Promise<OldPage> {
    const session = this.#session();
    const page = new Promise<OldPage | Status>((resolve) => session.nextPage(conversation, resolve));
    session.send(this.connection.uplink.history(conversation, key, count));
    const answer = await page;
    if ('code' in answer) throw new Error(`no history: ${answer.code} ${answer.reason}`);
    return answer;
  }

  record(database: ReadDatabase): { device: DeviceRecord; sends: SendRecord[] } {
    return recordOldDevice(this, database);
  }

  #say(to: number, content: OldContent, { id, bytes }: OldFrame): OldSaid {
    const { content: text = '', ctype = ContentType.TEXT, config = '', attachment = '', ext = '' } = content;
    const whole = { content: text, ctype, config, attachment, ext };
    const { uid, deviceSN } = this;
    const said: OldSaid = { to, id, bytes, whole, uid, deviceSN, outcome: 'unknown', mids: [] };
    this.said.push(said);
    this.#transmit(said);
    return said;
  }

  #transmit(said: OldSaid): void {
    const { session } = this.connection;
    if (!session?.isProvisioned) {
      said.outcome = said.mids.length > 0 ? 'sent' : 'unsent';
      return;
    }
    session.expect(said.id, {
      ok: (answer) => this.#sent(said, answer),
      refused: ({ reason }) => Object.assign(said, { outcome: 'refused', reason }),
      lost: () => {},
    });
    session.send(said.bytes);
  }

  /** The message keeps the client's own time. */
  #sent(said: OldSaid, { serverMid }: SyncDL): void {
    said.outcome = 'sent';
    said.mids.push(serverMid);
    if (said.mids.length > 1) return;
    const { to, id, whole } = said;
    this.store.conversation(to).keep({
      ...whole,
      mid: serverMid,
      from: this.uid,
      to,
      timestamp: id,
      status: DeliveryStatus.UNREAD,
      editTimestamp: 0,
    });
  }

  #readAck(conversation: number, writer: number, mid: number): void {
    this.#readFrame(conversation, this.connection.uplink.readAck(writer, mid));
  }

  /** What is read is read here at once, whatever becomes of the word. */
  #readFrame(conversation: number, frame: OldFrame): void {
    const uncertain = () => {
      this.store.conversation(conversation).isReadUncertain = true;
    };
    const { session } = this.connection;
    if (!session?.isProvisioned) return uncertain();
    session.expect(frame.id, { ok: () => {}, refused: uncertain, lost: uncertain });
    session.send(frame.bytes);
  }

  async #edit(type: typeof APPEND | typeof REPLACE, conversation: number, mid: number, given: OldEdit): Promise<void> {
    const answer = await this.#answered(this.connection.uplink.edit(type, conversation, mid, given));
    const edit = { content: '', config: '', ext: '', ...given, editTimestamp: answer.editTimestamp };
    this.#effects.operate({ type, conversation, mid, edit });
  }

  /** It takes effect here when the server has it. */
  async #operate(type: OperationType, asked: Asked, frame: OldFrame): Promise<void> {
    await this.#answered(frame);
    this.#effects.operate({ type, ...asked });
  }

  #answered({ id, bytes }: OldFrame): Promise<SyncDL> {
    const session = this.#session();
    return new Promise((resolve, reject) => {
      const refused = ({ code, reason }: Status) => reject(new Error(`refused: ${code} ${reason}`));
      const lost = () => refused({ code: StatusCode.UNKNOWN, reason: 'the connection ended' });
      session.expect(id, { ok: resolve, refused, lost });
      session.send(bytes);
    });
  }

  #session(): OldSession {
    const { session } = this.connection;
    if (!session?.isProvisioned) throw new Error('not connected');
    return session;
  }
}
