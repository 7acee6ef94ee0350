import { DeliveryStatus, limits, type Meta, systemConversation, withDeliveryStatus } from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import type { RosterService } from '../roster/roster-service.ts';
import type { MessageStore, StoredEntry } from './message-store.ts';

export interface Page {
  metas: Meta[];
  /** Pull: everything up to here was looked at, 0 if there was nothing. History: the smallest mid if there is more. */
  nextKey: number;
}

const emptyPage: Page = { metas: [], nextKey: 0 };

/** A page holds fewer entries than asked for rather than more bytes than this. */
const pageBytes = 512 * 1024;

/** Reads logs as one device may see them. */
export class MessageReader {
  readonly #store: MessageStore;
  readonly #conversations: ConversationService;
  readonly #roster: RosterService;

  constructor(store: MessageStore, conversations: ConversationService, roster: RosterService) {
    this.#store = store;
    this.#conversations = conversations;
    this.#roster = roster;
  }

  /** What comes after `key` (0: after the device's cursor), oldest first, without what the device sent itself. */
  pull(device: ConnectedDevice, peer: number, key: number, count: number): Page {
    const logId = this.#conversations.findLog(device.uid, peer);
    if (logId === undefined) return emptyPage;
    const after = key > 0 ? key : this.#conversations.cursor(device, peer);
    const entries = firstBytes(this.#store.after(device.uid, logId, after, Math.min(count, limits.pullPage)));
    const last = entries.at(-1);
    if (!last) return emptyPage;
    const hidden = this.#conversations.hiddenUpTo(device, peer);
    const wanted = entries.filter((entry) => isWanted(entry, device, hidden));
    return { metas: this.#withStatus(device.uid, peer, wanted), nextKey: last.meta.id };
  }

  /**
   * Messages before `key` (0: from the end), newest first, in their present state. None with someone to whom nobody has
   * spoken yet; an error with nobody.
   */
  history(device: ConnectedDevice, peer: number, key: number, count: number): Page | Promise<Page> {
    // Notices and a user's own operations are no messages.
    if (peer === systemConversation) return emptyPage;
    const logId = this.#conversations.findLog(device.uid, peer);
    return logId === undefined ? this.#unbegun(device, peer) : this.#historyOf(device, peer, logId, key, count);
  }

  async #unbegun(device: ConnectedDevice, peer: number): Promise<Page> {
    if (!(await this.#roster.peerExists(device.appId, peer))) throw new ServerError('conversationNotFound');
    return emptyPage;
  }

  #historyOf(device: ConnectedDevice, peer: number, logId: number, key: number, count: number): Page {
    const hidden = this.#conversations.hiddenUpTo(device, peer);
    const wanted = Math.min(count, limits.historyPage);
    const found = this.#store.history(device.uid, logId, { key, hidden }, wanted + 1);
    const entries = firstBytes(found.slice(0, wanted));
    const oldest = entries.at(-1);
    const hasMore = found.length > entries.length;
    return { metas: this.#withStatus(device.uid, peer, entries), nextKey: hasMore && oldest ? oldest.meta.id : 0 };
  }

  /** Own messages carry how far they have got with the other user. */
  #withStatus(uid: number, peer: number, entries: readonly StoredEntry[]): Meta[] {
    if (peer === systemConversation || !entries.some((entry) => isOwnMessage(entry, uid))) {
      return entries.map((entry) => entry.meta);
    }
    const positions = this.#conversations.peerPositions(uid, peer);
    return entries.map((entry) => {
      if (!isOwnMessage(entry, uid)) return entry.meta;
      const status = statusOf(entry.meta.id, positions);
      if (status === DeliveryStatus.UNREAD) return entry.meta;
      return { ...entry.meta, payload: withDeliveryStatus(entry.meta.payload, status) };
    });
  }
}

function isWanted(entry: StoredEntry, device: ConnectedDevice, hidden: number): boolean {
  if (entry.recalled || entry.deleted || entry.meta.id <= hidden) return false;
  const from = entry.meta.from;
  return from?.uid !== device.uid || from.deviceSN !== device.deviceSN;
}

function isOwnMessage(entry: StoredEntry, uid: number): boolean {
  return entry.isMessage && entry.meta.from?.uid === uid;
}

function statusOf(mid: number, positions: { readMid: number; deliveredMid: number }): DeliveryStatus {
  if (mid <= positions.readMid) return DeliveryStatus.READ;
  return mid <= positions.deliveredMid ? DeliveryStatus.DELIVERED : DeliveryStatus.UNREAD;
}

function firstBytes(entries: StoredEntry[]): StoredEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, i) => {
    bytes += entry.meta.payload.length + 64;
    return i > 0 && bytes > pageBytes;
  });
  return end < 0 ? entries : entries.slice(0, end);
}
