import { DeliveryStatus, limits, type Meta, systemConversation, Vsn, withDeliveryStatus } from '@flooim/protocol';
import type { ConversationService, Positions } from '../conversation/conversation-service.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import type { GroupDirectory } from '../group/group-directory.ts';
import type { RosterService } from '../roster/roster-service.ts';
import { EntryKind } from '../store/entry.ts';
import type { MessageRights } from './message-rights.ts';
import type { MessageStore, Range, StoredEntry } from './message-store.ts';
import type { SingleMarks, Told } from './single-marks.ts';

export interface Page {
  metas: Meta[];
  /** Pull: everything up to here was looked at, 0 if there was nothing. History: the smallest mid if there is more. */
  nextKey: number;
}

const emptyPage: Page = { metas: [], nextKey: 0 };

/** A page holds fewer entries than asked for rather than more bytes than this. */
const pageBytes = 512 * 1024;
/** Metas in a page for version 1, where one entry may be many marks. */
const singlesInPage = 1000;

interface Parts {
  store: MessageStore;
  singleMarks: SingleMarks;
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
    return this.#page(device, log, wanted, nextKey);
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
    const metas = this.#withStatus(device, { peer, logId }, entries);
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

  /** As the device's version reads them: version 1 gets fewer entries rather than very many marks. */
  #page(device: ConnectedDevice, log: Log, wanted: readonly StoredEntry[], nextKey: number): Page {
    const metas = this.#withStatus(device, log, wanted);
    if (device.vsn === Vsn.V2) return { metas, nextKey };
    const inSingles: Meta[] = [];
    for (const [i, entry] of wanted.entries()) {
      const meta = metas[i] as Meta;
      const marks = this.#parts.singleMarks.of(toldBy(entry, log.logId), device.uid, 0);
      const before = wanted[i - 1]?.meta.id;
      if (before && inSingles.length + (marks?.length ?? 1) > singlesInPage)
        return { metas: inSingles, nextKey: before };
      if (marks) inSingles.push(...marks.map((payload) => ({ ...meta, payload })));
      else inSingles.push(meta);
    }
    return { metas: inSingles, nextKey };
  }

  /**
   * Own messages carry how far they have got with the other user, or with anybody in a group that wants receipts; in version 1,
   * which has no read position, those of others whether the user has read them.
   */
  #withStatus(device: ConnectedDevice, log: Log, entries: readonly StoredEntry[]): Meta[] {
    const { uid, vsn } = device;
    const isWanted = (entry: StoredEntry) => isMessage(entry) && (vsn === Vsn.V1 || isBy(entry, uid));
    if (log.peer === systemConversation || !entries.some(isWanted)) return entries.map((entry) => entry.meta);
    const { conversations, groups, store } = this.#parts;
    const positions = conversations.positions(uid, log.peer);
    const hasReceipts = !isGroup(log) || groups.get(log.peer)?.readAck;
    const marked = vsn === Vsn.V1 ? store.markedUnread(uid, log.logId) : undefined;
    const statusOf = (entry: StoredEntry) => {
      if (isBy(entry, uid)) return hasReceipts ? statusOfOwn(entry.meta.id, positions) : DeliveryStatus.UNREAD;
      const isRead = entry.meta.id <= positions.readMid && !marked?.has(entry.meta.id);
      return isRead ? DeliveryStatus.READ : DeliveryStatus.UNREAD;
    };
    return entries.map((entry) => {
      const status = isWanted(entry) ? statusOf(entry) : DeliveryStatus.UNREAD;
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

function isMessage({ kind }: StoredEntry): boolean {
  return kind === EntryKind.message;
}

function isBy({ meta }: StoredEntry, uid: number): boolean {
  return meta.from?.uid === uid;
}

function statusOfOwn(mid: number, { peerReadMid, peerDeliveredMid }: Positions): DeliveryStatus {
  if (mid <= peerReadMid) return DeliveryStatus.READ;
  return mid <= peerDeliveredMid ? DeliveryStatus.DELIVERED : DeliveryStatus.UNREAD;
}

function toldBy({ meta, kind }: StoredEntry, logId: number): Told {
  return { kind, ns: meta.ns, logId, fromUid: meta.from?.uid ?? 0, toUid: meta.to?.uid ?? 0, payload: meta.payload };
}

function firstBytes(entries: StoredEntry[]): StoredEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, i) => {
    bytes += entry.meta.payload.length + 64;
    return i > 0 && bytes > pageBytes;
  });
  return end < 0 ? entries : entries.slice(0, end);
}
