import type { GroupAction, GroupNoticeMeta, GroupNoticeName, GroupRole } from 'flooim';
import { computed, onScopeDispose } from 'vue';
import { errorText, reasonText } from '../app/error-text.ts';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';
import { useGroups } from './group-store.ts';
import { refusal } from './refusal.ts';

/** A group as its pages show it: reactive, by what this device knows. */
export function useGroup(gid: number) {
  const groups = useGroups();
  const self = im.userManage.getUid();
  const info = computed(() => groups.infos.get(gid));
  const members = computed(() => groups.members.get(gid));
  const ownCard = computed(() => members.value?.get(self)?.display_name ?? '');

  function role(uid = self): GroupRole {
    void groups.looks;
    return im.groupManage.getRole(gid, uid);
  }

  function can(action: GroupAction): boolean {
    void groups.looks;
    return im.groupManage.can(gid, action);
  }

  /** The newest first. */
  const announcements = computed(() => {
    void groups.looks;
    return im.groupManage.getAnnouncements(gid).toReversed();
  });

  const name = computed(() => groups.nameOf(gid));
  const nameOf = (uid: number): string => groups.author(gid, uid).name;
  const path = (page = ''): string => `/g/${gid}/info${page && `/${page}`}`;

  /** Does it, and says what came of it: true where nothing was refused. */
  async function act(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      const reason = refusal(await work());
      groups.refresh(gid);
      if (reason) toast(reasonText(reason, 'unknown'), 'error');
      else if (done) toast(done);
      return !reason;
    } catch (error) {
      toast(errorText(error), 'error');
      return false;
    }
  }

  return { self, info, members, ownCard, role, can, announcements, name, nameOf, path, act };
}

export type Group = ReturnType<typeof useGroup>;

/** Calls when one of these notices of the group comes, as long as the component lives. */
export function useGroupNotices(
  gid: number,
  types: readonly GroupNoticeName[],
  listener: (notice: GroupNoticeMeta) => void,
): void {
  onScopeDispose(
    im.on('onGroupNotice', (notice) => {
      if (notice.groupId === gid && types.includes(notice.type)) listener(notice);
    }),
  );
}
