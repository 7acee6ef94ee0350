import { type GroupNotice, GroupNoticeType as Type } from '@flooim/protocol';
import type { FlooEventMap } from '../event/event-map.ts';
import type { Messages } from '../message/messages.ts';
import type { Readers } from '../message/readers.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { Entry } from '../sync/apply.ts';
import type { Outbox } from '../sync/outbox.ts';
import type { GroupAnnouncement, GroupInfoAndSettings, GroupNoticeMeta } from '../types.ts';
import { type ReadNotice, readNotice, readObject, toMeta } from './group-notice.ts';
import { type GroupQueries, joinedGroups } from './group-queries.ts';
import type { Groups } from './groups.ts';

export interface GroupNoticesParts {
  uid: number;
  groups: Groups;
  queries: GroupQueries;
  messages: Messages;
  readers: Readers;
  outbox: Outbox;
  transactions: Transactions;
}

/** Events that carry the notice itself. */
type NoticeEvent = {
  [E in keyof FlooEventMap]: FlooEventMap[E] extends GroupNoticeMeta ? E : never;
}[keyof FlooEventMap];

/** How a notice is told to the application, besides as `onGroupNotice`. */
interface Telling {
  event?: NoticeEvent;
  /** The groups that the user is in, or what one of them is like; `meta`: the event carries the notice. */
  list?: boolean | 'meta';
  /** Who is in the group, or in which role, or under which name. */
  members?: boolean;
  /** The ban holds for all. */
  all?: true;
}

interface Told {
  meta: GroupNoticeMeta;
  telling: Telling;
}

/** What a notice of a change carries: which field, and its value under its name. */
type Changed = GroupInfoAndSettings & { display_name: string; property: keyof GroupInfoAndSettings | 'display_name' };

type Apply = (self: GroupNotices, notice: ReadNotice, tx: Transaction) => Telling;

/** What a notice does to the caches. What is not here changes nothing that is kept, and is told as `onGroupNotice` alone. */
const byType: Partial<Record<Type, Apply>> = {
  [Type.CREATED]: (self, notice, tx) => self.created(notice, tx),
  [Type.DESTROYED]: (self, notice, tx) => ({ ...self.ended(notice, tx), event: 'onGroupDestoryed' }),
  [Type.JOINED]: (self, notice, tx) => self.joined(notice, tx),
  [Type.INVITE_ACCEPTED]: (self, notice, tx) => self.joined(notice, tx),
  [Type.LEAVED]: (self, notice, tx) =>
    self.isOwn(notice.from) ? self.ended(notice, tx) : self.went(notice, [notice.from], tx),
  [Type.KICKED]: (self, notice, tx) => self.removed(notice, tx),
  // Of somebody who was not in the group it is told to the administrators alone.
  [Type.BLOCKED]: (self, notice, tx) => (notice.isForAll ? self.removed(notice, tx) : {}),
  [Type.APPLY_ACCEPTED]: (self, notice) => ({ ...self.admitted(notice), event: 'onGroupApplyAccepted' }),
  [Type.APPLY_DECLINED]: () => ({ event: 'onGroupApplyDeclined' }),
  [Type.INVITED]: (self, notice) => self.invited(notice),
  [Type.OWNER_ASSIGNED]: (self, notice, tx) => self.transferred(notice, tx),
  [Type.ADMIN_GRANTED]: (self, notice) => self.appointed(notice, true),
  [Type.ADMIN_REVOKED]: (self, notice) => self.appointed(notice, false),
  [Type.BANNED]: (self, notice) => self.banned(notice),
  [Type.UNBANNED]: (self, notice) => self.unbanned(notice),
  [Type.INFO_UPDATED]: (self, notice, tx) => self.changed(notice, tx),
  [Type.MESSAGE_SETTING]: (self, notice, tx) => self.changed(notice, tx),
  [Type.ANNOUNCEMENT_UPDATED]: (self, notice) => self.announced(notice),
};

/**
 * What happened in groups. Each log comes whole and in order, so that a notice can be taken at its word: what its log says last
 * stands in the end, also where old ones come again to a new device. Only what notices do not tell is asked from the server,
 * once for all that came together, and the events follow when the caches are fresh.
 */
export class GroupNotices {
  readonly #parts: GroupNoticesParts;
  #waiting: Told[] = [];
  #busy = false;

  constructor(parts: GroupNoticesParts) {
    this.#parts = parts;
  }

  apply(entry: Entry, notice: GroupNotice, tx: Transaction): void {
    const read = readNotice(entry, notice);
    if (!read.gid) return;
    this.#parts.queries.noticed(read.gid);
    const telling = byType[notice.type]?.(this, read, tx) ?? {};
    this.#waiting.push({ meta: toMeta(read, telling.all === true), telling });
    void this.#tell();
  }

  isOwn(uid: number): boolean {
    return uid === this.#parts.uid;
  }

  created({ gid, mid }: ReadNotice, tx: Transaction): Telling {
    this.#parts.groups.join(gid, mid, tx);
    this.#parts.queries.stale(gid);
    return { event: 'onGroupCreated', list: 'meta' };
  }

  joined({ gid, from, mid, time }: ReadNotice, tx: Transaction): Telling {
    const { groups, queries } = this.#parts;
    if (this.isOwn(from)) {
      groups.join(gid, mid, tx);
      queries.stale(gid);
      return { event: 'onGroupJoined', list: true };
    }
    if (groups.opened.came(gid, { user_id: from, join_time: time })) queries.newcomer(gid, from);
    return { event: 'onGroupJoined', ...this.#counted(gid, tx) };
  }

  went({ gid }: ReadNotice, uids: readonly number[], tx: Transaction): Telling {
    this.#parts.groups.opened.went(gid, uids);
    return this.#counted(gid, tx);
  }

  /** Left by the user himself, or dissolved: nothing of it stays, nor does anything go there any more. */
  ended({ gid, mid }: ReadNotice, tx: Transaction): Telling {
    const { groups, queries, messages, readers, outbox } = this.#parts;
    queries.ended(gid);
    groups.leave(gid, tx);
    groups.forget(gid, tx);
    readers.forget(gid, tx);
    outbox.dropMessages(gid, tx);
    messages.removeConversation(gid, mid, tx, { pending: true, told: false });
    return { list: true };
  }

  removed(notice: ReadNotice, tx: Transaction): Telling {
    if (!notice.to.some((uid) => this.isOwn(uid))) return this.went(notice, notice.to, tx);
    this.#parts.groups.leave(notice.gid, tx);
    return { list: true };
  }

  /** Another log tells of the joining. */
  admitted({ gid, to }: ReadNotice): Telling {
    if (!to.some((uid) => this.isOwn(uid))) return {};
    for (const id of [joinedGroups, gid]) this.#parts.queries.stale(id);
    return { list: true };
  }

  /** Who is asked wants to know where to. */
  invited({ gid }: ReadNotice): Telling {
    if (!this.#parts.groups.get(gid)) this.#parts.queries.stale(gid);
    return {};
  }

  transferred({ gid, to, time }: ReadNotice, tx: Transaction): Telling {
    const { groups } = this.#parts;
    const [owner] = to;
    if (owner) groups.change(gid, { owner_id: owner, updated_at: time }, tx);
    groups.opened.changeAdmins(gid, to, false);
    return { list: true, members: true };
  }

  appointed({ gid, to }: ReadNotice, areAdmins: boolean): Telling {
    this.#parts.groups.opened.changeAdmins(gid, to, areAdmins);
    return { members: true };
  }

  banned({ gid, to, content, time }: ReadNotice): Telling {
    const minutes = Number(content);
    const until = minutes < 0 ? -1 : time + minutes * 60_000;
    for (const uid of to) this.#parts.groups.opened.change(gid, uid, { expired_time: until });
    return { event: 'onGroupBaned' };
  }

  unbanned({ gid, to }: ReadNotice): Telling {
    for (const uid of to) this.#parts.groups.opened.change(gid, uid, { expired_time: undefined });
    return { event: 'onGroupUnbaned' };
  }

  /** One field, of the group or of the member who changed his card. */
  changed({ gid, from, content, time, isForAll }: ReadNotice, tx: Transaction): Telling {
    const { groups } = this.#parts;
    const { property, ...values } = readObject<Changed>(content);
    if (!property) return {};
    // A text that is empty is none.
    const change = { [property]: values[property] === '' ? undefined : values[property] };
    if (property === 'display_name') {
      groups.opened.change(gid, from, change);
      return { members: true };
    }
    groups.change(gid, { ...change, ...(isForAll && { updated_at: time }) }, tx);
    return { list: true, ...(property === 'ban_expire_time' && banOfAll(values.ban_expire_time)) };
  }

  announced({ gid, content }: ReadNotice): Telling {
    const announcement = readObject<GroupAnnouncement>(content);
    if (announcement.id) this.#parts.groups.opened.announced(gid, { ...announcement, id: announcement.id });
    return { list: true };
  }

  #counted(gid: number, tx: Transaction): Telling {
    const { groups, queries } = this.#parts;
    if (!groups.recount(gid, tx)) queries.stale(gid);
    return { members: true };
  }

  async #tell(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    // Lets everything of the same page come in first.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#tellOnce(this.#waiting.splice(0));
    this.#busy = false;
  }

  async #tellOnce(told: readonly Told[]): Promise<void> {
    const { queries, transactions } = this.#parts;
    await queries.fresh();
    await transactions.run((tx) => {
      for (const { meta, telling } of told) if (telling.list === 'meta') tx.emit('onGroupListUpdate', meta);
      if (told.some(({ telling }) => telling.list === true)) tx.emit('onGroupListUpdate', undefined);
      const members = told.filter(({ telling }) => telling.members).map(({ meta }) => meta.groupId);
      for (const gid of new Set(members)) tx.emit('onGroupMemberChanged', gid);
      for (const { meta, telling } of told) {
        if (telling.event) tx.emit(telling.event, meta);
        tx.emit('onGroupNotice', meta);
      }
    });
  }
}

function banOfAll(expireTime: number | undefined): Telling {
  return { event: expireTime ? 'onGroupBaned' : 'onGroupUnbaned', all: true };
}
