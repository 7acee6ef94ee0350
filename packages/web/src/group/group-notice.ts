import type { GroupNoticeMeta } from 'flooim';
import { locale, type TextKey, t } from '../i18n/i18n.ts';
import { shownName } from '../message/attachment.ts';

/**
 * What members read of a group's notices. Some come to few alone: an application to those who decide, an invitation to who sent
 * it and who got it. What somebody changes for himself is no part of the talk.
 */
const texts: Partial<Record<GroupNoticeMeta['type'], TextKey>> = {
  created: 'notice.created',
  destroyed: 'notice.destroyed',
  applyed: 'notice.applied',
  apply_accepted: 'notice.applicationAccepted',
  apply_declined: 'notice.applicationDeclined',
  invited: 'notice.invited',
  invite_declined: 'notice.invitationDeclined',
  joined: 'notice.joined',
  invite_accepted: 'notice.joined',
  leaved: 'notice.left',
  kicked: 'notice.removed',
  blocked: 'notice.blocked',
  unblocked: 'notice.unblocked',
  owner_assigned: 'notice.ownerAssigned',
  admin_granted: 'notice.adminGranted',
  admin_revoked: 'notice.adminRevoked',
  banned: 'notice.banned',
  unbanned: 'notice.unbanned',
  file_uploaded: 'notice.fileShared',
  file_deleted: 'notice.fileRemoved',
  file_updated: 'notice.fileRenamed',
};

const properties: Record<string, TextKey> = {
  name: 'notice.renamed',
  avatar: 'notice.avatar',
  description: 'notice.description',
};

function readFields(content: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** By the value that they have now. */
const switches: Record<string, readonly [off: TextKey, on: TextKey]> = {
  member_invite: ['notice.inviteOff', 'notice.inviteOn'],
  member_modify: ['notice.modifyOff', 'notice.modifyOn'],
  read_ack: ['notice.readAckOff', 'notice.readAckOn'],
  history_visible: ['notice.historyOff', 'notice.historyOn'],
  hide_member_info: ['notice.apartOff', 'notice.apartOn'],
};
const approvals: readonly TextKey[] = ['notice.joinOpen', 'notice.joinAsk', 'notice.joinClosed'];

function changeKey(fields: Record<string, unknown>): TextKey | null {
  const { property, ban_expire_time: until, apply_approval: approval } = fields;
  if (property === 'ban_expire_time') return until ? 'notice.allBanned' : 'notice.allUnbanned';
  if (property === 'apply_approval') return approvals[Number(approval)] ?? null;
  if (typeof property === 'string' && Object.hasOwn(switches, property))
    return switches[property]?.[fields[property] ? 1 : 0] ?? null;
  return typeof property === 'string' && Object.hasOwn(properties, property) ? (properties[property] ?? null) : null;
}

/** The text of a notice, null where it has no place in the conversation. */
export function noticeKey({ type, content }: GroupNoticeMeta): TextKey | null {
  if (type === 'info_updated') return changeKey(readFields(content));
  if (type !== 'announcement_updated') return texts[type] ?? null;
  return typeof readFields(content)['title'] === 'string' ? 'notice.announced' : 'notice.announcementRemoved';
}

/** Who words an announcement anew posts it and removes the old one, which says nothing more. */
const rewordMs = 5000;

/** Whether a notice only ends what the one before it began. */
export function isRewording(notice: GroupNoticeMeta, before: GroupNoticeMeta | undefined): boolean {
  return (
    noticeKey(notice) === 'notice.announcementRemoved' &&
    !!before &&
    noticeKey(before) === 'notice.announced' &&
    before.from === notice.from &&
    readFields(before.content)['id'] !== readFields(notice.content)['id'] &&
    Number(notice.timestamp) - Number(before.timestamp) < rewordMs
  );
}

/** What was named in it: the group's new name, an announcement's title, a file. */
function valueIn({ content }: GroupNoticeMeta): string {
  const { title, name } = readFields(content);
  const value = title ?? name;
  return typeof value === 'string' ? shownName(value) : '';
}

/** In Chinese no space parts "you" from what follows or precedes it, as it does names in other letters. */
const besideYou = / ?\u2060 ?/g;
const you = (text: string): string => `\u2060${text}\u2060`;

/** Of a crowd so many are named. */
const mostNamed = 6;

/** The last two with the space that a Chinese "and" has between names in other letters. */
function listed(names: readonly string[]): string {
  const rest = names.length - mostNamed + 1;
  const shown = rest > 1 ? [...names.slice(0, mostNamed - 1), t('notice.others', { n: rest }, rest)] : names;
  const parts = new Intl.ListFormat(locale()).formatToParts(shown);
  return parts.map(({ type, value }) => (type === 'literal' && value === '和' ? ' 和 ' : value)).join('');
}

/**
 * A notice in one line that names people; `nameOf` gives the name of those who are not the user himself. `more`: notices of the
 * same kind of others, which share the line.
 */
export function noticeText(
  notice: GroupNoticeMeta,
  self: string,
  nameOf: (uid: string) => string,
  more: readonly GroupNoticeMeta[] = [],
): string {
  const key = noticeKey(notice);
  if (!key) return '';
  const nameIn = (uid: string): string => (uid === self ? you(t('notice.you')) : nameOf(uid));
  const first = notice.from === self ? you(t('message.you')) : nameOf(notice.from);
  const doers = [...new Set(more.map(({ from }) => from))].filter((uid) => uid !== notice.from);
  const name = listed([first, ...doers.map(nameIn)]);
  const names = listed(notice.toUids.map((uid) => nameIn(String(uid))));
  const text = t(key, { name, names, value: valueIn(notice) });
  return locale().startsWith('zh') ? text.replace(besideYou, '') : text.replaceAll('\u2060', '');
}
