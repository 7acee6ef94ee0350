import { decodeMessageBody, type MessageOperation, Namespace, OperationType } from '@flooim/protocol';
import { EntryKind, type NewEntry } from '../store/entry.ts';
import { operationPayload } from './message-content.ts';
import type { Covered, MessageStore } from './message-store.ts';

/** Deployed clients keep no more messages of a conversation. */
const keptByClients = 100;

const { READ_ACK, READ_ALL, DELIVER_ACK } = OperationType;

/** What tells of a position: an entry about to be pushed, or one that was read from its log. */
export type Told = Pick<NewEntry, 'kind' | 'ns' | 'logId' | 'fromUid' | 'toUid' | 'payload'>;

/** The log of a user's conversation with a peer. */
type LogOf = (uid: number, peer: number) => number | undefined;

/** Version 1 of the protocol knows marks of single messages where version 2 knows positions, which cover all before them. */
export class SingleMarks {
  readonly #store: MessageStore;
  readonly #logOf: LogOf;

  constructor(store: MessageStore, logOf: LogOf) {
    this.#store = store;
    this.#logOf = logOf;
  }

  /**
   * The operation as a user's devices are told of it, once for each message that it covers, the newest hundred at most, oldest
   * first; undefined for an entry that moves no position. `since`: where the position was before; 0 if that is not known.
   */
  of(told: Told, uid: number, since: number): Uint8Array[] | undefined {
    if (told.kind !== EntryKind.operation || told.ns !== Namespace.MESSAGE) return undefined;
    const { operation } = decodeMessageBody(told.payload);
    // They would take it for a word about a message that they themselves sent.
    if (operation?.type === DELIVER_ACK && told.fromUid === uid) return [];
    const covered = operation && this.#covered(told, operation, since);
    if (!operation || !covered) return undefined;
    const mids = this.#store.coveredBy(covered, keptByClients);
    return mids.map((mid) => new Uint8Array(operationPayload({ ...operation, mid })));
  }

  /** Which messages: of a reader those of others; of a receipt in a group those of him who gets it, which the reader sees. */
  #covered({ logId, fromUid, toUid }: Told, { type, mid, xid }: MessageOperation, since: number): Covered | undefined {
    if (type !== READ_ACK && type !== READ_ALL && type !== DELIVER_ACK) return undefined;
    const range = { after: since, upTo: mid };
    // Only system logs are named by the user to whom their entries go.
    if (logId !== toUid) return { ...range, logId, notBy: fromUid };
    const about = xid && this.#logOf(toUid, xid.uid);
    if (about === undefined) return undefined;
    if (type === READ_ALL) return { ...range, logId: about, notBy: toUid };
    return { ...range, logId: about, by: toUid, seenInGroupBy: fromUid };
  }
}
