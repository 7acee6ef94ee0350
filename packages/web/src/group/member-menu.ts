import type { Router } from 'vue-router';
import { type TextKey, t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { confirm } from '../ui/confirm.ts';
import type { IconName } from '../ui/icons.ts';
import type { MenuItem } from '../ui/menu.ts';
import { actsTowards, isMuted, type MemberAct, type MuteTime, muteMinutes } from './group-members.ts';
import type { Group } from './use-group.ts';

const manage = im.groupManage;

/** What the user may do with a member now; nothing with himself. */
export function memberActs(uid: number, group: Group): MemberAct[] {
  const member = group.members.value?.get(uid);
  return actsTowards({
    actor: group.role(),
    target: group.role(uid),
    isSelf: uid === group.self,
    muted: !!member && isMuted(member, Date.now()),
    hidden: !!group.info.value?.hide_member_info,
  });
}

/** The same as items of a menu, or of his page. */
export function memberMenu(gid: number, uid: number, group: Group, router: Router): MenuItem[] {
  const name = group.nameOf(uid);
  const users = { group_id: gid, user_list: [uid] };
  const item = (act: MemberAct, icon: IconName, run: () => unknown, danger = false): MenuItem => ({
    label: t(`groupMember.${act}` as TextKey),
    icon,
    danger,
    testId: `member-${act}`,
    run: () => void run(),
  });
  const muteItem = (time: MuteTime): MenuItem => ({
    label: t(`groupMember.mute.${time}`),
    icon: 'bellOff',
    testId: `member-mute-${time}`,
    run: () =>
      void group.act(
        () => manage.asyncGroupBab({ ...users, duration: muteMinutes[time] }),
        t('groupMember.muted', { name }),
      ),
  });

  const makers: Record<MemberAct, () => MenuItem[]> = {
    message: () => [item('message', 'message', () => router.push(`/c/${uid}`))],
    profile: () => [item('profile', 'people', () => router.push(`/contacts/${uid}`))],
    makeAdmin: () => [
      item('makeAdmin', 'shield', () =>
        group.act(() => manage.asyncAdminAdd(users), t('groupMember.isAdmin', { name })),
      ),
    ],
    removeAdmin: () => [
      item('removeAdmin', 'shield', () =>
        group.act(() => manage.asyncAdminRemove(users), t('groupMember.noAdmin', { name })),
      ),
    ],
    mute: () => (Object.keys(muteMinutes) as MuteTime[]).map(muteItem),
    unmute: () => [
      item('unmute', 'bell', () => group.act(() => manage.asyncGroupUnban(users), t('groupMember.unmuted', { name }))),
    ],
    transfer: () => [item('transfer', 'crown', () => handOver(gid, uid, group))],
    remove: () => [item('remove', 'signOut', () => removeMember(users, name, group), true)],
    block: () => [item('block', 'block', () => blockMember(users, name, group), true)],
  };
  return memberActs(uid, group).flatMap((act) => makers[act]());
}

type Users = { group_id: number; user_list: number[] };

async function removeMember(users: Users, name: string, group: Group): Promise<void> {
  const title = t('groupMember.removeTitle', { name });
  const yes = await confirm({ title, text: t('groupMember.removeText'), act: t('groupMember.remove'), danger: true });
  if (yes) await group.act(() => manage.asyncKick(users), t('groupMember.removed', { name }));
}

async function blockMember(users: Users, name: string, group: Group): Promise<void> {
  const title = t('groupMember.blockTitle', { name });
  const yes = await confirm({ title, text: t('groupMember.blockText'), act: t('groupMember.block'), danger: true });
  if (yes) await group.act(() => manage.asyncGroupBlock(users), t('groupMember.blocked', { name }));
}

/** Asks by name: the group has one owner, and who gives it away does not get it back by himself. */
export async function handOver(gid: number, uid: number, group: Group): Promise<boolean> {
  const name = group.nameOf(uid);
  const yes = await confirm({
    title: t('groupMember.transferTitle', { name }),
    text: t('groupMember.transferText', { name }),
    act: t('groupMember.transferAct', { name }),
    danger: true,
  });
  if (!yes) return false;
  return group.act(
    () => manage.asyncOwnerTransfer({ group_id: gid, new_owner: uid }),
    t('groupMember.transferred', { name }),
  );
}
