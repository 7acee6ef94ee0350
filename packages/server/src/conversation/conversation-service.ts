import {
  type ConversationOperationType,
  type ConversationUnread,
  encodeConversation,
  Namespace,
  ConversationOperationType as Operation,
  systemConversation,
} from '@flooim/protocol';
import { BoundedCache } from '../bounded-cache.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { ConversationStore, Positions } from './conversation-store.ts';
import type { CursorKeeper } from './cursor-keeper.ts';

export type { Positions };

const cachedLogs = 200_000;

/** Which conversation is deleted, where, and up to which mid; 0 is all there is. */
export interface Hiding {
  peer: number;
  type: ConversationOperationType;
  mid: number;
}

/** `deviceSN` 0: no device in particular. */
type Hider = Pick<ConnectedDevice, 'uid' | 'deviceSN'>;

/** What users and their devices know of their conversations. */
export class ConversationService {
  readonly #store: ConversationStore;
  readonly #cursors: CursorKeeper;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  /** A conversation's log never changes, so this needs no invalidation. */
  readonly #logs = new BoundedCache<string, number>(cachedLogs);

  constructor(store: ConversationStore, cursors: CursorKeeper, delivery: Delivery, clock: () => number) {
    this.#store = store;
    this.#cursors = cursors;
    this.#delivery = delivery;
    this.#clock = clock;
  }

  /** The log behind a user's conversation with a peer; undefined while it has not begun. */
  findLog(uid: number, peer: number): number | undefined {
    if (peer === systemConversation) return uid;
    const key = `${uid}:${peer}`;
    const cached = this.#logs.get(key);
    if (cached !== undefined) return cached;
    const found = this.#store.logOf(uid, peer);
    if (found !== undefined) this.#logs.set(key, found);
    return found;
  }

  /** As `findLog`, for frames that make no sense without one: a foreign conversation looks like one that is not there. */
  requireLog(uid: number, peer: number): number {
    const logId = this.findLog(uid, peer);
    if (logId === undefined) throw new ServerError('conversationNotFound');
    return logId;
  }

  /** Begins the conversation of two users where there is none. Whether they may talk was asked before. */
  pairLog(uid: number, peer: number): number | Promise<number> {
    return this.findLog(uid, peer) ?? this.#store.write['conversation.pair']({ a: uid, b: peer });
  }

  /** The device's conversations, the oldest first, with what it has not synced of each; or those with news for it. */
  unread({ uid, deviceSN }: ConnectedDevice, newsOnly: boolean): ConversationUnread[] {
    return this.#store.unread(uid, deviceSN, newsOnly);
  }

  /** Messages and marks that a person would call unread, of each conversation with messages, the newest first. */
  counts(uid: number): Promise<{ peer: number; n: number }[]> {
    return this.#store.counts(uid);
  }

  /** The device has everything of the conversation up to `mid`. */
  acknowledge(device: ConnectedDevice, peer: number, mid: number): void {
    const logId = this.requireLog(device.uid, peer);
    this.#cursors.move({ uid: device.uid, deviceSN: device.deviceSN, peer, logId, mid });
  }

  cursor({ uid, deviceSN }: ConnectedDevice, peer: number): number {
    const logId = this.findLog(uid, peer);
    const waiting = logId === undefined ? 0 : this.#cursors.waiting({ uid, deviceSN, logId });
    return Math.max(waiting, this.#store.cursorOf(uid, deviceSN, peer));
  }

  /** What lies up to here was deleted by the user, on this device or everywhere. */
  hiddenUpTo(device: ConnectedDevice, peer: number): number {
    return this.#store.hiddenOf(device.uid, device.deviceSN, peer);
  }

  /** How far the user has read, and the other user, or others of a group, have got, as this user may know. */
  positions(uid: number, peer: number): Positions {
    return this.#store.positionsOf(uid, peer);
  }

  /** Deletes the conversation up to where the user had seen it: history before this point is gone for him. */
  hide(device: ConnectedDevice, wanted: Hiding, clientMid: number): Promise<{ time: number; placed: Placed }> {
    return this.#hide(device, wanted, clientMid);
  }

  async #hide(by: Hider, wanted: Hiding, clientMid: number | null): Promise<{ time: number; placed: Placed }> {
    const { peer, mid } = wanted;
    const everywhere = wanted.type === Operation.DELETE_EVERYWHERE;
    const { uid, deviceSN } = by;
    const time = this.#clock();
    const logId = this.requireLog(uid, peer);
    const entry = everywhere ? this.#hideEntry(by, wanted, clientMid, time) : undefined;
    const { placed } = await this.#store.write['conversation.hide'](
      { uid, deviceSN, peer, logId, mid, everywhere, entry },
      (result) => entry && result.isNew && this.#delivery.deliverOne(entry, result.placed),
    );
    return { time, placed };
  }

  /** Deletes the conversation for the user, on all of his devices. */
  async hideAll(uid: number, peer: number): Promise<void> {
    const wanted = { peer, type: Operation.DELETE_EVERYWHERE, mid: 0 };
    await this.#hide({ uid, deviceSN: 0 }, wanted, null);
  }

  #hideEntry({ uid, deviceSN }: Hider, wanted: Hiding, clientMid: number | null, time: number): NewEntry {
    const operation = { type: wanted.type, xid: { uid: wanted.peer, deviceSN: 0 }, mid: wanted.mid };
    return {
      logId: uid,
      kind: EntryKind.operation,
      fromUid: uid,
      fromDevice: deviceSN,
      toUid: uid,
      clientMid,
      ns: Namespace.CONVERSATION,
      time,
      payload: encodeConversation({ operation }),
    };
  }
}
