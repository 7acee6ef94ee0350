import type { GroupInvitation, GroupListDetail } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import { afterPaint } from '../app/after-paint.ts';
import { oneAtATime } from '../app/one-at-a-time.ts';
import { t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { useRoster } from '../roster/roster-store.ts';

/** Invitations to the user, and what there is to know of groups that he is not in. */
export const useInvitations = defineStore('invitations', () => {
  const roster = useRoster();
  const all = shallowRef<GroupInvitation[]>([]);
  const groups = shallowReactive(new Map<number, GroupListDetail>());
  const failed = shallowRef<unknown>(null);
  const loaded = ref(false);

  const isOpen = ({ status, expire_time: until }: GroupInvitation): boolean => status === 0 && until > Date.now();
  const pending = computed(() => all.value.filter(isOpen));
  const handled = computed(() => all.value.filter((one) => !isOpen(one)));

  /** The names and pictures of groups; those that are gone stay unknown. */
  async function learn(gids: readonly number[]): Promise<void> {
    const unknown = [...new Set(gids)].filter((gid) => !groups.has(gid));
    if (unknown.length === 0) return;
    for (const info of await im.groupManage.asyncGetGroupListDetail(unknown)) groups.set(info.group_id, info);
  }

  // Who comes to a device anew is told of all that ever were.
  const refresh = oneAtATime(async () => {
    try {
      const invitations = await im.groupManage.asyncGetInvitationList();
      await learn(invitations.map((one) => one.group_id)).catch(() => {});
      for (const one of invitations) roster.ensure(one.inviter_id);
      all.value = invitations;
      failed.value = null;
      loaded.value = true;
    } catch (error) {
      failed.value = error;
    }
  });

  function load(): void {
    all.value = [];
    groups.clear();
    loaded.value = false;
    afterPaint(() => void refresh());
  }

  async function answer({ group_id, inviter_id }: GroupInvitation, approval: boolean): Promise<void> {
    try {
      await im.groupManage.asyncInviteHandle({ group_id, user_id: inviter_id, approval });
    } finally {
      // Refused: it was answered elsewhere, or has expired.
      await refresh();
    }
  }

  im.on({
    onGroupNotice: ({ type, toUids }) => {
      if (type.startsWith('invite') && toUids.includes(im.userManage.getUid())) void refresh();
    },
    onGroupJoined: ({ from }) => {
      if (Number(from) === im.userManage.getUid() && pending.value.length > 0) void refresh();
    },
    connectionChange: ({ name }) => {
      if (name === 'online' && (loaded.value || failed.value)) void refresh();
    },
  });

  const nameOf = (gid: number): string => groups.get(gid)?.name || t('group.unnamed');

  const inviterName = ({ inviter_id }: GroupInvitation): string => roster.displayName(inviter_id);

  return { pending, handled, groups, failed, loaded, learn, load, refresh, answer, nameOf, inviterName };
});
