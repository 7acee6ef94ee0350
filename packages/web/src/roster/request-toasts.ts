import type { GroupNoticeMeta, RosterNoticeMeta } from 'flooim';
import { useRouter } from 'vue-router';
import { useInvitations } from '../group/invitation-store.ts';
import { type TextKey, t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { type ToastAction, toast } from '../ui/toasts.ts';
import { useRoster } from './roster-store.ts';

const requestsPath = '/contacts/requests';

/** A device that is new hears of everything that ever was: only what has just happened is said. */
const newsMs = 60_000;
const isNews = (timestamp: string): boolean => Date.now() - Number(timestamp) < newsMs;

const personTexts: Partial<Record<RosterNoticeMeta['type'], TextKey>> = {
  applied: 'people.wantsToBeFriend',
  accepted: 'roster.nowFriends',
  declined: 'people.friendDeclined',
};
const groupTypes: ReadonlySet<GroupNoticeMeta['type']> = new Set([
  'applyed',
  'invited',
  'apply_accepted',
  'apply_declined',
]);

/** Says who asks for something, and what others answered, as it comes, wherever one is in the app. */
export function useRequestToasts(): () => void {
  const router = useRouter();
  const roster = useRoster();
  const invitations = useInvitations();
  const isOwn = (uid: string | number): boolean => Number(uid) === im.userManage.getUid();

  async function personName(from: string): Promise<string> {
    const uid = Number(from);
    if (!roster.people.has(uid)) await roster.refreshPerson(uid).catch(() => {});
    return roster.displayName(uid);
  }

  async function groupName(gid: number): Promise<string> {
    await invitations.learn([gid]).catch(() => {});
    return invitations.nameOf(gid);
  }

  async function tellOfPerson({ type, from }: RosterNoticeMeta): Promise<void> {
    const key = personTexts[type];
    if (!key) return;
    const text = t(key, { name: await personName(from) });
    toast(text, 'done', show(type === 'applied' ? requestsPath : `/contacts/${from}`));
  }

  async function tellOfGroup({ type, from, groupId }: GroupNoticeMeta): Promise<void> {
    const group = await groupName(groupId);
    if (type === 'invited')
      toast(t('invite.toast', { name: await personName(from), group }), 'done', show(requestsPath));
    if (type === 'applyed')
      toast(t('people.wantsIn', { name: await personName(from), group }), 'done', show(`/g/${groupId}/info/requests`));
    if (type === 'apply_accepted') toast(t('join.joined', { name: group }), 'done', show(`/g/${groupId}`));
    if (type === 'apply_declined') toast(t('join.wasDeclined', { name: group }));
  }

  const show = (path: string): ToastAction => ({ label: t('people.show'), run: () => void router.push(path) });

  return im.on({
    onRosterListUpdate: (notice) => {
      if (isOwn(notice.to) && isNews(notice.timestamp)) void tellOfPerson(notice);
    },
    onGroupNotice: (notice) => {
      // Applications come to those who decide, and name none of them.
      const isForUser = notice.type === 'applyed' || notice.toUids.some(isOwn);
      if (isForUser && isNews(notice.timestamp) && groupTypes.has(notice.type)) void tellOfGroup(notice);
    },
  });
}
