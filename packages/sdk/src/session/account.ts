import type { UserNotice } from '@flooim/protocol';
import type { Connection } from '../connection/connection.ts';
import { conversationList } from '../conversation/conversation-list.ts';
import { Conversations } from '../conversation/conversations.ts';
import { unreadCount } from '../conversation/read-state.ts';
import type { Emitter } from '../event/emitter.ts';
import { History } from '../message/history.ts';
import { Incoming } from '../message/incoming.ts';
import { Messages } from '../message/messages.ts';
import { Sending } from '../message/sending.ts';
import type { Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { Roster } from '../roster/roster.ts';
import { RosterNotices } from '../roster/roster-notices.ts';
import { type Transaction, Transactions } from '../storage/transaction.ts';
import type { Entry } from '../sync/apply.ts';
import { ClientMids, lastClientMidKey } from '../sync/client-mids.ts';
import { Outbox } from '../sync/outbox.ts';
import { Sync } from '../sync/sync.ts';
import type { ConversationItem } from '../types.ts';
import { OwnUser } from '../user/own-user.ts';
import type { Device } from './device.ts';

export interface AccountParts {
  uid: number;
  device: Device;
  platform: Platform;
  emitter: Emitter;
  rest: RestClient;
  connection: Connection;
  userNotice(entry: Entry, notice: UserNotice, tx: Transaction): void;
  /** The server does not know this connection's session. */
  unauthorized(): void;
}

/** Everything of one signed-in user, built anew for every login. */
export class Account {
  readonly uid: number;
  readonly device: Device;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly sending: Sending;
  readonly history: History;
  readonly roster: Roster;
  readonly ownUser: OwnUser;
  readonly sync: Sync;
  readonly #outbox: Outbox;
  readonly #transactions: Transactions;

  constructor(parts: AccountParts) {
    const { uid, device, platform, emitter, rest, connection } = parts;
    const { clock } = platform;
    const { storage, snapshot } = device;
    const transactions = new Transactions(storage, emitter);
    const conversations = new Conversations(snapshot.conversations);
    const messages = new Messages({ uid, storage, transactions, conversations });
    const incoming = new Incoming(uid, messages, conversations);
    const clientMids = new ClientMids(clock, lastClientMid(device));
    this.uid = uid;
    this.device = device;
    this.#transactions = transactions;
    this.conversations = conversations;
    this.messages = messages;
    this.sending = new Sending({
      uid,
      clock,
      connection,
      transactions,
      conversations,
      messages,
      incoming,
      clientMids,
    });
    this.history = new History({ clock, storage, connection, transactions, conversations, messages });
    this.roster = new Roster(rest, transactions, snapshot.kv.get(Roster.storeKey));
    this.ownUser = new OwnUser(rest);
    this.#outbox = this.#makeOutbox(parts);
    this.sync = this.#makeSync(parts, incoming);
  }

  #makeOutbox({ platform, connection, device }: AccountParts): Outbox {
    const { sending } = this;
    const answers = { sent: sending.sent.bind(sending), failed: sending.failed.bind(sending) };
    const { clock, random } = platform;
    const outbox = new Outbox(
      { clock, random, connection, transactions: this.#transactions, ...answers },
      device.snapshot.outbox,
    );
    sending.attach(outbox);
    return outbox;
  }

  #makeSync({ uid, platform, connection, userNotice, unauthorized }: AccountParts, incoming: Incoming): Sync {
    const transactions = this.#transactions;
    const rosterNotices = new RosterNotices(uid, this.roster, this.messages, transactions);
    const outbox = this.#outbox;
    const handlers = {
      message: incoming.message.bind(incoming),
      typing: incoming.typing.bind(incoming),
      operation: incoming.operation.bind(incoming),
      conversationDeleted: incoming.conversationDeleted.bind(incoming),
      rosterNotice: rosterNotices.apply.bind(rosterNotices),
      userNotice,
    };
    const answers = {
      sent: outbox.sent.bind(outbox),
      refused: outbox.refused.bind(outbox),
      history: this.history.answered.bind(this.history),
      unauthorized,
    };
    const { clock } = platform;
    return new Sync({ uid, clock, connection, transactions, cursors: this.conversations, handlers, answers });
  }

  /** Reads what the device has; from here on the getters answer. */
  async open(): Promise<void> {
    await this.messages.open(this.device.snapshot.outbox);
    if (!this.device.renamed) return;
    await this.#transactions.run((tx) => this.#outbox.failAll('it is not known whether this was sent', tx));
  }

  list(): ConversationItem[] {
    return conversationList(this.uid, this.conversations, this.messages, (cid) => this.roster.isMuted(cid));
  }

  unreadCount(cid: number): number {
    const row = this.conversations.find(cid);
    return row ? unreadCount(row) : 0;
  }

  connected(): void {
    this.sync.connected();
    this.#outbox.flush();
  }

  disconnected(): void {
    this.sync.disconnected();
    this.#outbox.disconnected();
    this.history.disconnected();
  }

  /** No event comes after this; what was to be stored is stored when it resolves. */
  async close(): Promise<void> {
    this.disconnected();
    this.#transactions.close();
    await this.device.storage.close();
    this.device.release();
  }
}

function lastClientMid({ snapshot }: Device): number {
  const stored = Number(snapshot.kv.get(lastClientMidKey) ?? 0);
  return snapshot.outbox.reduce((last, send) => Math.max(last, send.clientMid), stored);
}
