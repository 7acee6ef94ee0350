import type { GroupApplication, GroupNoticeMeta } from 'flooim';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { afterPaint } from '../app/after-paint.ts';
import { oneAtATime } from '../app/one-at-a-time.ts';
import { im } from '../im.ts';

/** What may change who waits, or whether it is the user's to decide. */
const news: ReadonlySet<GroupNoticeMeta['type']> = new Set([
  'applyed',
  'apply_accepted',
  'apply_declined',
  'joined',
  'admin_granted',
  'admin_revoked',
  'owner_assigned',
]);

/** Who asks to be let into groups that the user manages. */
export const useGroupRequests = defineStore('groupRequests', () => {
  const all = shallowRef<readonly GroupApplication[]>([]);
  const waiting = computed(() => byGroup(all.value));
  const of = (gid: number): readonly GroupApplication[] => waiting.value.get(gid) ?? [];

  /** Of all groups at once; rejects when the server cannot be asked. */
  const refresh = oneAtATime(async () => {
    const gids = await im.groupManage.asyncGetJoinedGroups();
    const found = gids.length > 0 ? await im.groupManage.asncGetApplicationList({ group_list: gids }) : [];
    all.value = found.filter(isWaiting);
  });

  /** Asks without telling when nobody knows: for a number in a corner. */
  function look(): void {
    void refresh().catch(() => {});
  }

  function load(): void {
    all.value = [];
    afterPaint(look);
  }

  im.on({
    onGroupNotice: ({ type, groupId, toUids }) => {
      const isOwn = toUids.includes(im.userManage.getUid());
      if (news.has(type) && (type === 'applyed' || isOwn || waiting.value.has(groupId))) look();
    },
    connectionChange: ({ name }) => {
      if (name === 'online') look();
    },
  });
  // Who was declined by another administrator is told to nobody: who comes back to the page sees it.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && all.value.length > 0) look();
  });

  /** Rejects with the refusal; who was answered elsewhere is gone from the list by then. */
  async function answer(one: GroupApplication, approval: boolean, reason?: string): Promise<void> {
    try {
      const { group_id, applicant_id: user_id } = one;
      await im.groupManage.asyncApplyHandle({ group_id, user_id, approval, reason });
      all.value = all.value.filter((other) => other !== one);
    } finally {
      await refresh().catch(() => {});
    }
  }

  return { all, of, refresh, look, load, answer };
});

function byGroup(applications: readonly GroupApplication[]): Map<number, GroupApplication[]> {
  const groups = new Map<number, GroupApplication[]>();
  for (const one of applications) groups.set(one.group_id, [...(groups.get(one.group_id) ?? []), one]);
  return groups;
}

function isWaiting({ status, expired_time }: GroupApplication): boolean {
  return status === 0 && expired_time > Date.now();
}
