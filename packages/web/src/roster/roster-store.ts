import { toId } from '@flooim/protocol';
import type { RosterApplication, RosterItem } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import { oneAtATime } from '../app/one-at-a-time.ts';
import { im } from '../im.ts';

const Relation = { friend: 0, removed: 1, stranger: 2, blocked: 3 } as const;

export type LoadState = 'loading' | 'ready' | 'failed';

/** The name to show: what the user calls him, what he calls himself, his login, his number. */
export function nameOf(person: RosterItem): string {
  return person.alias || person.nick_name || person.username || String(person.user_id);
}

export const useRoster = defineStore('roster', () => {
  const people = shallowReactive(new Map<number, RosterItem>());
  const friendIds = shallowRef<number[]>([]);
  const applications = shallowRef<RosterApplication[]>([]);
  /** Null until somebody wants to see them. */
  const blockedIds = shallowRef<number[] | null>(null);
  const state = ref<LoadState>('loading');

  const friends = computed(() => friendIds.value.flatMap((id) => people.get(id) ?? []));
  const pending = computed(() => applications.value.filter((one) => one.status === 0 && one.expired_time > Date.now()));

  function remember(persons: readonly RosterItem[]): void {
    for (const person of persons) people.set(person.user_id, person);
  }

  // Ids asked for in one tick become one request; each is asked once until the next load.
  const asked = new Set<number>();
  let wanted: number[] = [];

  /** Makes sure that the details of a user will come. */
  function ensure(id: number): void {
    // One that is none would have all refused that are asked for with it.
    if (!toId(id) || people.has(id) || asked.has(id)) return;
    asked.add(id);
    wanted.push(id);
    if (wanted.length === 1) queueMicrotask(fetchWanted);
  }

  async function fetchWanted(): Promise<void> {
    const ids = wanted;
    wanted = [];
    try {
      remember(await im.rosterManage.asnycGetRosterListDetailByIds(ids));
    } catch {
      // Offline: the id stands for the name until the next one who asks.
      for (const id of ids) asked.delete(id);
    }
  }

  function displayName(id: number): string {
    const person = people.get(id);
    return person ? nameOf(person) : String(id);
  }

  async function refreshFriends(force: boolean): Promise<void> {
    const ids = await im.rosterManage.asyncGetRosterIdList(force);
    remember(im.rosterManage.getAllRosterDetail());
    friendIds.value = ids;
    for (const id of ids) ensure(id);
  }

  async function refreshApplications(): Promise<void> {
    applications.value = await im.rosterManage.asyncGetApplyList({ cursor: '' });
    for (const one of applications.value) ensure(one.user_id);
  }

  async function refreshBlocked(): Promise<void> {
    blockedIds.value = await im.rosterManage.asyncGetBlockedlist();
    for (const id of blockedIds.value) ensure(id);
  }

  /** Everything anew: first what this device has, then what the server says. */
  async function load(): Promise<void> {
    people.clear();
    asked.clear();
    friendIds.value = [];
    applications.value = [];
    blockedIds.value = null;
    state.value = 'loading';
    remember(im.rosterManage.getAllRosterDetail());
    await refreshFriends(false).catch(() => {});
    if (friendIds.value.length > 0) state.value = 'ready';
    await refresh();
  }

  // Who comes to a device anew is told of all that ever was.
  const refresh = oneAtATime(async () => {
    const results = await Promise.allSettled([
      refreshFriends(true),
      refreshApplications(),
      blockedIds.value && refreshBlocked(),
    ]);
    const failed = results.some((result) => result.status === 'rejected');
    if (!failed) state.value = 'ready';
    else if (state.value === 'loading') state.value = 'failed';
  });

  im.on({
    onRosterListUpdate: () => void refresh(),
    onRosterInfoUpdate: () => remember(im.rosterManage.getAllRosterDetail()),
    connectionChange: (connection) => {
      if (connection.name === 'online' && state.value !== 'loading') void refresh();
    },
  });

  async function find(text: string): Promise<RosterItem> {
    const byId = /^\d+$/.test(text);
    const person = byId
      ? await im.rosterManage.asyncSearchRosterById({ user_id: Number(text) })
      : await im.rosterManage.asyncSearchRosterByName({ username: text });
    people.set(person.user_id, person);
    return person;
  }

  async function refreshPerson(id: number): Promise<void> {
    people.set(id, await im.rosterManage.asyncGetRosterInfo(id, true));
  }

  async function apply(id: number, words: { reason?: string; answer?: string }): Promise<void> {
    await im.rosterManage.asyncApply({ user_id: id, reason: words.reason, auth_answer: words.answer });
    await Promise.all([refreshPerson(id), refresh()]);
  }

  async function accept(id: number): Promise<void> {
    await im.rosterManage.asyncAccept({ user_id: id });
    await Promise.all([refreshPerson(id), refresh()]);
  }

  async function decline(id: number): Promise<void> {
    await im.rosterManage.asyncDecline({ user_id: id });
    await refreshApplications();
  }

  async function remove(id: number): Promise<void> {
    await im.rosterManage.asyncDeleteRoster({ user_id: id });
    friendIds.value = friendIds.value.filter((other) => other !== id);
    const person = people.get(id);
    if (person) people.set(id, { ...person, relation: Relation.stranger });
  }

  /** What the SDK knows of somebody after a change. */
  function reread(id: number): void {
    const person = im.rosterManage.getRosterInfo(id);
    if (person) people.set(id, person);
  }

  async function block(id: number): Promise<void> {
    await im.rosterManage.asyncBlockeAdd({ user_id: id });
    reread(id);
  }

  async function unblock(id: number): Promise<void> {
    await im.rosterManage.asyncBlockeRemove({ user_id: id });
    reread(id);
  }

  /** What the user alone calls a friend; empty: as he calls himself. */
  async function setAlias(id: number, alias: string): Promise<void> {
    await im.rosterManage.asyncUpdateRosterExt({ user_id: id, alias });
    reread(id);
  }

  async function mute(id: number, muted: boolean): Promise<void> {
    await im.rosterManage.asyncUpdateRosterExt({ user_id: id, mute_notification: muted });
    reread(id);
  }

  const isBlocked = (id: number): boolean => people.get(id)?.relation === Relation.blocked;
  const isFriend = (id: number): boolean => friendIds.value.includes(id);

  return {
    people,
    friends,
    applications,
    pending,
    blockedIds,
    state,
    ensure,
    displayName,
    isFriend,
    isBlocked,
    load,
    refresh,
    refreshPerson,
    find,
    apply,
    accept,
    decline,
    remove,
    refreshBlocked,
    block,
    unblock,
    setAlias,
    mute,
  };
});
