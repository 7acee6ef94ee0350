import type { GroupInfoAndSettings, GroupMember, GroupNoticeMeta } from 'flooim';
import { defineStore } from 'pinia';
import { ref, shallowReactive, shallowRef } from 'vue';
import { t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { keptLines, mostLines, noticeLine } from '../message/kept-lines.ts';
import { useRoster } from '../roster/roster-store.ts';
import { isRewording, noticeKey } from './group-notice.ts';

/** Somebody as a group shows him. */
export interface Author {
  id: number;
  name: string;
  avatar?: string;
}

/** Why the user cannot write in a group; `until` in ms since the epoch, -1: for ever. */
export type Silence =
  | { why: 'destroyed' | 'outside'; until?: undefined }
  | { why: 'muted' | 'allMuted'; until: number };

/** What this device knows of groups: the SDK's caches, made reactive. */
export const useGroups = defineStore('groups', () => {
  const roster = useRoster();
  /** Those too that are gone: who looks at one still reads its name. */
  const infos = shallowReactive(new Map<number, GroupInfoAndSettings>());
  /** Null until this device was told. */
  const joined = shallowRef<ReadonlySet<number> | null>(null);
  /** Of groups that were opened. */
  const members = shallowReactive(new Map<number, ReadonlyMap<number, GroupMember>>());
  /** Of this session, and of groups that were opened the kept ones, in their order: the SDK keeps none. */
  const notices = shallowReactive(new Map<number, readonly GroupNoticeMeta[]>());
  const destroyed = shallowReactive(new Set<number>());
  const opened = shallowReactive(new Set<number>());
  /** Counts what may change whether the user can write. */
  const looks = ref(0);

  function look(): void {
    looks.value += 1;
  }

  function readInfos(): void {
    for (const info of Object.values(im.groupManage.getAllGroupDetail())) infos.set(info.group_id, info);
    look();
    void readJoined();
  }

  async function readJoined(): Promise<void> {
    try {
      joined.value = new Set(await im.groupManage.asyncGetJoinedGroups());
    } catch {
      // Never told and offline: the next change of the groups tells.
    }
  }

  function readMembers(gid: number): void {
    if (!opened.has(gid)) return;
    const found = im.groupManage.getGroupMembers(gid);
    if (found.length > 0) members.set(gid, new Map(found.map((member) => [member.user_id, member])));
    look();
  }

  const noticesOf = (gid: number): readonly GroupNoticeMeta[] => notices.get(gid) ?? [];
  const isKnown = ({ groupId, id }: GroupNoticeMeta): boolean => noticesOf(groupId).some((one) => one.id === id);

  /** What is shown is kept already: a reload right after would lose it for ever. */
  async function keep(self: number, notice: GroupNoticeMeta): Promise<void> {
    const { groupId: gid } = notice;
    const isWanted = () => im.userManage.getUid() === self && !isKnown(notice);
    if (!isWanted() || isRewording(notice, noticesOf(gid).at(-1))) return;
    await keptLines.keep(self, gid, noticeLine(notice));
    // Who comes to a device anew gets all that ever were.
    if (isWanted()) notices.set(gid, [...noticesOf(gid), notice].slice(-mostLines));
  }

  /** Each knows all that came before it. */
  let keeping = Promise.resolve();
  function keepNext(notice: GroupNoticeMeta): void {
    const self = im.userManage.getUid();
    if (noticeKey(notice)) keeping = keeping.then(() => keep(self, notice));
  }

  async function readKept(gid: number): Promise<void> {
    const lines = await keptLines.of(im.userManage.getUid(), gid);
    const known = noticesOf(gid);
    const ids = new Set(known.map(({ id }) => id));
    const kept = lines.flatMap((line) => (line.kind === 'notice' && !ids.has(line.id) ? line.notice : []));
    if (kept.length > 0) notices.set(gid, [...kept, ...known].slice(-mostLines));
  }

  im.on({
    onGroupListUpdate: readInfos,
    onGroupMemberChanged: (gid) => {
      readMembers(gid);
      // Their number is part of the group's info.
      readInfos();
    },
    onGroupBaned: ({ groupId }) => readMembers(groupId),
    onGroupUnbaned: ({ groupId }) => readMembers(groupId),
    // Who comes back is a member of a group that the SDK does not hold open any more.
    onGroupJoined: ({ groupId, from }) => {
      if (opened.has(groupId) && Number(from) === im.userManage.getUid()) im.groupManage.openGroup(groupId);
    },
    onGroupDestoryed: ({ groupId }) => destroyed.add(groupId),
    onGroupNotice: keepNext,
    connectionChange: ({ name }) => {
      if (name !== 'online') return;
      readInfos();
      // Without a network nothing of them came.
      for (const gid of opened) if (!members.has(gid)) im.groupManage.openGroup(gid);
    },
  });

  /** First what this device has, then what the server says. */
  function load(): void {
    for (const each of [infos, members, notices, destroyed, opened]) each.clear();
    joined.value = null;
    readInfos();
  }

  /** Somebody looks into it: its members come, and stay fresh. */
  function open(gid: number): void {
    opened.add(gid);
    void readKept(gid);
    im.groupManage.openGroup(gid);
  }

  /** Users and groups share one row of numbers: an id says which of the two it is. */
  const isGroup = (id: number): boolean => opened.has(id) || infos.has(id);
  const isMember = (gid: number): boolean => joined.value?.has(gid) ?? true;
  const nameOf = (gid: number): string => infos.get(gid)?.name || t('group.unnamed');

  /** As the user calls him, as he calls himself in this group, as he is called elsewhere. */
  function author(gid: number, uid: number): Author {
    roster.ensure(uid);
    const person = roster.people.get(uid);
    const card = members.get(gid)?.get(uid);
    return {
      id: uid,
      name: person?.alias || card?.display_name || roster.displayName(uid),
      avatar: person?.avatar ?? card?.avatar,
    };
  }

  /** Null: he can write, as far as this device knows. */
  function silence(gid: number): Silence | null {
    void looks.value;
    if (destroyed.has(gid)) return { why: 'destroyed' };
    if (!isMember(gid)) return { why: 'outside' };
    const known = members.get(gid);
    // Who does not know his own role yet may be an administrator.
    if (!known || im.groupManage.can(gid, 'sendMessage')) return null;
    const own = known.get(im.userManage.getUid())?.expired_time ?? 0;
    if (own === -1 || own > Date.now()) return { why: 'muted', until: own };
    const all = infos.get(gid)?.ban_expire_time ?? -1;
    return { why: 'allMuted', until: all > 0 ? all * 1000 : -1 };
  }

  /** After a change of the user's own, whose notice may come later than its answer. */
  function refresh(gid: number): void {
    readMembers(gid);
    readInfos();
  }

  return { infos, members, notices, looks, load, open, look, refresh, isGroup, isMember, nameOf, author, silence };
});
