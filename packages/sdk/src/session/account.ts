import type { UserNotice } from '@flooim/protocol';
import { checkId } from '../check.ts';
import type { Connection } from '../connection/connection.ts';
import { conversationList } from '../conversation/conversation-list.ts';
import { ConversationState } from '../conversation/conversation-state.ts';
import { Conversations } from '../conversation/conversations.ts';
import { unreadCount } from '../conversation/read-state.ts';
import type { Emitter } from '../event/emitter.ts';
import { Uploads } from '../file/uploads.ts';
import { GroupNotices } from '../group/group-notices.ts';
import { GroupQueries } from '../group/group-queries.ts';
import { Groups } from '../group/groups.ts';
import { Edits } from '../message/edits.ts';
import { History } from '../message/history.ts';
import { Incoming } from '../message/incoming.ts';
import { Messages } from '../message/messages.ts';
import { Operations } from '../message/operations.ts';
import { Readers } from '../message/readers.ts';
import { Sending } from '../message/sending.ts';
import type { Clock, Platform } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { Roster } from '../roster/roster.ts';
import { RosterNotices } from '../roster/roster-notices.ts';
import type { StoredSend } from '../storage/storage.ts';
import { type Transaction, Transactions } from '../storage/transaction.ts';
import type { Entry } from '../sync/apply.ts';
import { ClientMids, lastClientMidKey } from '../sync/client-mids.ts';
import { Outbox, type OutboxParts } from '../sync/outbox.ts';
import { Outcomes } from '../sync/outcomes.ts';
import { errorCategory, refusal } from '../sync/refusal.ts';
import { Sync } from '../sync/sync.ts';
import type { ConversationItem, Id } from '../types.ts';
import { OwnUser } from '../user/own-user.ts';
import type { Device } from './device.ts';

/**
 * A message of an earlier start that waited this long does not go out behind the user's back: the conversation has moved
 * on, so it is failed, and he sends it again or throws it away.
 */
const forgottenMs = 24 * 3600 * 1000;
const deviceSNKey = 'deviceSN';
/** The device number under which an unread list with all conversations was stored. */
const listedAsKey = 'listedAs';
const unknownOutcome = 'it is not known whether this was sent';
const conversationGone = 'the conversation was deleted';
const sessionOver = 'the session has ended';

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
  readonly conversationState: ConversationState;
  readonly messages: Messages;
  readonly sending: Sending;
  readonly operations: Operations;
  readonly history: History;
  readonly readers: Readers;
  readonly roster: Roster;
  readonly groups: Groups;
  readonly groupQueries: GroupQueries;
  readonly ownUser: OwnUser;
  readonly uploads: Uploads;
  readonly outcomes = new Outcomes();
  readonly sync: Sync;
  readonly #edits: Edits;
  readonly #outbox: Outbox;
  readonly #transactions: Transactions;
  readonly #clock: Clock;
  #deviceSN: number;
  #listedAs: number;

  constructor(parts: AccountParts) {
    const { uid, device, platform, emitter, rest, connection } = parts;
    const { clock } = platform;
    const { storage, snapshot } = device;
    const transactions = new Transactions(storage, emitter);
    const conversations = new Conversations(snapshot.conversations);
    const messages = new Messages({ uid, storage, transactions, conversations });
    const history = new History({ clock, storage, connection, transactions, conversations, messages });
    const ask = history.one.bind(history);
    const edits = new Edits({ storage, transactions, conversations, messages, ask });
    const readers = new Readers(snapshot.kv);
    const groups = new Groups({ uid, clock, conversations, stored: snapshot.kv });
    const clientMids = new ClientMids(clock, lastClientMid(device));
    const outbox = this.#makeOutbox(parts, transactions);
    const incoming = new Incoming({ uid, messages, conversations, readers, edits, outbox });
    this.uid = uid;
    this.device = device;
    this.#clock = clock;
    this.#deviceSN = Number(snapshot.kv.get(deviceSNKey) ?? 0);
    this.#listedAs = Number(snapshot.kv.get(listedAsKey) ?? -1);
    this.#transactions = transactions;
    this.#outbox = outbox;
    this.conversations = conversations;
    this.messages = messages;
    this.groups = groups;
    this.groupQueries = new GroupQueries({ rest, groups, transactions, clock, random: platform.random });
    this.history = history;
    this.readers = readers;
    this.#edits = edits;
    const { outcomes } = this;
    const outgoing = { uid, conversations, messages, outbox, outcomes, clientMids };
    this.sending = new Sending({ ...outgoing, clock, storage, connection, transactions, groups, edits });
    this.operations = new Operations({ ...outgoing, incoming, edits });
    this.roster = new Roster(rest, transactions, snapshot.kv.get(Roster.storeKey));
    const { roster } = this;
    const known = { conversations, messages, roster, groups };
    this.conversationState = new ConversationState({ rest, clock, transactions, ...known });
    this.ownUser = new OwnUser(rest);
    this.uploads = new Uploads({ platform, emitter, rest });
    this.sync = this.#makeSync(parts, incoming);
  }

  #makeOutbox({ platform, connection, device }: AccountParts, transactions: Transactions): Outbox {
    const { clock, random } = platform;
    const of = (send: StoredSend) => (send.message ? this.sending : this.operations);
    const answers: Pick<OutboxParts, 'sent' | 'failed' | 'dropped'> = {
      sent: (send, answer, tx) => of(send).sent(send, answer, tx),
      failed: (send, status, tx) => {
        tx.emit('flooError', { category: errorCategory(status.code), desc: refusal(status) });
        of(send).failed(send, status, tx);
      },
      dropped: ({ clientMid }, tx) => {
        tx.emit('onSendingMessageStatusChanged', { status: 'failed', mid: clientMid, reason: conversationGone });
        this.outcomes.canceled(clientMid, conversationGone);
      },
    };
    return new Outbox({ clock, random, connection, transactions, ...answers }, device.snapshot.outbox);
  }

  #makeSync({ uid, platform, connection, userNotice, unauthorized }: AccountParts, incoming: Incoming): Sync {
    const transactions = this.#transactions;
    const rosterNotices = new RosterNotices(uid, this.roster, this.messages, transactions);
    const { groups, groupQueries: queries, messages, readers } = this;
    const outbox = this.#outbox;
    const groupNotices = new GroupNotices({ uid, groups, queries, messages, readers, outbox, transactions });
    const handlers = {
      message: incoming.message.bind(incoming),
      typing: incoming.typing.bind(incoming),
      operation: incoming.operation.bind(incoming),
      conversationDeleted: incoming.conversationDeleted.bind(incoming),
      rosterNotice: rosterNotices.apply.bind(rosterNotices),
      groupNotice: groupNotices.apply.bind(groupNotices),
      userNotice,
    };
    const answers = {
      sent: outbox.sent.bind(outbox),
      refused: outbox.refused.bind(outbox),
      history: this.history.answered.bind(this.history),
      // After the pulls: a long queue must not keep what came waiting.
      pullsSent: () => {
        outbox.flush();
        this.messages.recount();
        void this.#edits.refresh();
      },
      hasWholeList: () => this.#listedAs === this.#deviceSN,
      wholeList: (tx: Transaction) => {
        this.#listedAs = this.#deviceSN;
        tx.write({ to: 'kv', key: listedAsKey, value: this.#listedAs });
      },
      unauthorized,
    };
    const { clock } = platform;
    return new Sync({ uid, clock, connection, transactions, cursors: this.conversations, handlers, answers });
  }

  /** Reads what the device has; from here on the getters answer. */
  async open(): Promise<void> {
    await this.messages.open(this.device.snapshot.outbox);
    await this.#transactions.run((tx) => {
      if (this.device.renamed) this.#outbox.failAll(unknownOutcome, tx);
      else this.#outbox.failOlder(this.#clock.now() - forgottenMs, 'written long ago, and not known to be sent', tx);
    });
  }

  list(): ConversationItem[] {
    const isMuted = (cid: number) => this.roster.isMuted(cid) || this.groups.isMuted(cid);
    return conversationList(this.uid, this.conversations, this.messages, isMuted);
  }

  unreadCount(cid: number): number {
    const row = this.conversations.find(cid);
    return row ? unreadCount(row) : 0;
  }

  /** One that the server has, or one that it has not. */
  deleteMessage(uid: Id, mid: Id): void {
    const isPending = this.messages.findPending(checkId(uid, 'uid'), checkId(mid, 'mid'));
    if (isPending) this.sending.discard(uid, mid);
    else this.operations.delete(uid, mid);
  }

  /** This device's number, as the server gave it; 0 before the first connection. */
  get deviceSN(): number {
    return this.#deviceSN;
  }

  /** The session stands, under this device number of the server's. */
  connected(deviceSN: number): void {
    this.#numbered(deviceSN);
    this.sync.connected();
    this.groupQueries.connected();
  }

  /** The server knows sends by the number: under another one it cannot tell what it has. */
  #numbered(deviceSN: number): void {
    const before = this.#deviceSN;
    if (!deviceSN || deviceSN === before) return;
    this.#deviceSN = deviceSN;
    void this.#transactions.run((tx) => {
      if (before) this.#outbox.failAll(unknownOutcome, tx);
      tx.write({ to: 'kv', key: deviceSNKey, value: deviceSN });
    });
  }

  disconnected(): void {
    this.sync.disconnected();
    this.#outbox.disconnected();
    this.history.disconnected();
    this.groupQueries.disconnected();
  }

  /** The session is over and does not come back by itself: nobody waits for an answer any more. */
  ended(): void {
    this.disconnected();
    this.outcomes.cancelAll(sessionOver);
    this.uploads.cancelAll(sessionOver);
  }

  /** No event comes after this, and nothing more is taken in. */
  silence(): void {
    this.#transactions.close();
    this.uploads.cancelAll(sessionOver);
  }

  /** What was to be stored is stored when it resolves. */
  async close(): Promise<void> {
    this.silence();
    this.ended();
    await this.device.storage.close();
    this.device.release();
  }
}

function lastClientMid({ snapshot }: Device): number {
  const stored = Number(snapshot.kv.get(lastClientMidKey) ?? 0);
  return snapshot.outbox.reduce((last, send) => Math.max(last, send.clientMid), stored);
}
