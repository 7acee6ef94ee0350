import { DeliveryStatus, limits, type Meta, systemConversation, withDeliveryStatus } from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import type { GroupDirectory } from '../group/group-directory.ts';
import type { RosterService } from '../roster/roster-service.ts';
import type { MessageRights } from './message-rights.ts';
import type { MessageStore, Range, StoredEntry } from './message-store.ts';

export interface Page {
  metas: Meta[];
  /** Pull: everything up to here was looked at, 0 if there was nothing. History: the smallest mid if there is more. */
  nextKey: number;
}

const emptyPage: Page = { metas: [], nextKey: 0 };

/** A page holds fewer entries than asked for rather than more bytes than this. */
const pageBytes = 512 * 1024;

interface Parts {
  store: MessageStore;
  conversations: ConversationService;
  roster: RosterService;
  groups: GroupDirectory;
  rights: MessageRights;
}

/** A conversation as its user knows it, and its log. */
interface Log {
  peer: number;
  logId: number;
}

/** Reads logs as one device may see them. */
export class MessageReader {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What comes after `key` (0: after the device's cursor), oldest first, without what the device sent itself. */
  pull(device: ConnectedDevice, peer: number, key: number, count: number): Page {
    const { conversations } = this.#parts;
    const logId = conversations.findLog(device.uid, peer);
    if (logId === undefined) return emptyPage;
    const log = { peer, logId };
    const after = key > 0 ? key : conversations.cursor(device, peer);
    const { entries, nextKey } = this.#entriesAfter(device.uid, log, after, Math.min(count, limits.pullPage));
    const hidden = conversations.hiddenUpTo(device, peer);
    const wanted = entries.filter((entry) => isWanted(entry, device, hidden));
    return { metas: this.#withStatus(device.uid, log, wanted), nextKey };
  }

  /**
   * Messages before `key` (0: from the end), newest first, in their present state. None with someone to whom nobody has
   * spoken yet; an error with nobody, and with a group for who is not in it.
   */
  history(device: ConnectedDevice, peer: number, key: number, count: number): Page | Promise<Page> {
    const { conversations, rights } = this.#parts;
    const logId = conversations.findLog(device.uid, peer);
    if (logId === undefined) {
      if (rights.isGroup(device.appId, peer)) throw new ServerError('memberRequired');
      return this.#unbegun(device, peer);
    }
    const read = this.#historyOf(device, { peer, logId });
    const range = { key, hidden: conversations.hiddenUpTo(device, peer) };
    const wanted = Math.min(count, limits.historyPage);
    const found = read(range, wanted + 1);
    const entries = firstBytes(found.slice(0, wanted));
    const oldest = entries.at(-1);
    const hasMore = found.length > entries.length;
    const metas = this.#withStatus(device.uid, { peer, logId }, entries);
    return { metas, nextKey: hasMore && oldest ? oldest.meta.id : 0 };
  }

  async #unbegun(device: ConnectedDevice, peer: number): Promise<Page> {
    if (!(await this.#parts.roster.peerExists(device.appId, peer))) throw new ServerError('conversationNotFound');
    return emptyPage;
  }

  /** What of a log the device sees looking back: of a group's, all, or what was said while the user was in it. */
  #historyOf(device: ConnectedDevice, log: Log): (range: Range, count: number) => StoredEntry[] {
    const { store, rights } = this.#parts;
    const isLimited = isGroup(log) && !rights.group(device, log.peer, 'readMessages').historyVisible;
    if (isLimited) return (range, count) => store.historyInGroup(device.uid, log.logId, range, count);
    return (range, count) => store.history(device.uid, log.logId, range, count);
  }

  #entriesAfter(uid: number, log: Log, after: number, count: number): { entries: StoredEntry[]; nextKey: number } {
    const { store } = this.#parts;
    const inGroup = isGroup(log) ? store.afterInGroup(uid, log.logId, after, count) : undefined;
    const found = inGroup?.entries ?? store.after(uid, log.logId, after, count);
    const entries = firstBytes(found);
    const isWhole = entries.length === found.length;
    const nextKey = isWhole && inGroup ? inGroup.lookedAt : (entries.at(-1)?.meta.id ?? 0);
    return { entries, nextKey };
  }

  /** Own messages carry how far they have got with the other user, or with anybody in a group that wants receipts. */
  #withStatus(uid: number, log: Log, entries: readonly StoredEntry[]): Meta[] {
    const hasStatus = log.peer !== systemConversation && (!isGroup(log) || this.#parts.groups.get(log.peer)?.readAck);
    if (!hasStatus || !entries.some((entry) => isOwnMessage(entry, uid))) return entries.map((entry) => entry.meta);
    const positions = this.#parts.conversations.peerPositions(uid, log.peer);
    return entries.map((entry) => {
      if (!isOwnMessage(entry, uid)) return entry.meta;
      const status = statusOf(entry.meta.id, positions);
      if (status === DeliveryStatus.UNREAD) return entry.meta;
      return { ...entry.meta, payload: withDeliveryStatus(entry.meta.payload, status) };
    });
  }
}

/** A group's id is its log. */
function isGroup({ peer, logId }: Log): boolean {
  return peer === logId;
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
