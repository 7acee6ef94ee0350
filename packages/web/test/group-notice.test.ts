import type { GroupNoticeMeta } from 'flooim';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { isRewording, noticeKey, noticeText } from '../src/group/group-notice.ts';
import { useLocale } from '../src/i18n/i18n.ts';

const names: Record<string, string> = { '2': 'Bob', '3': 'Carol' };
const nameOf = (uid: string) => names[uid] ?? uid;

function notice(type: GroupNoticeMeta['type'], more: Partial<GroupNoticeMeta> = {}): GroupNoticeMeta {
  const plain = { content: '', ext: '', config: '', attach: '', status: 0, toType: 'group', toUids: [] } as const;
  return {
    ...plain,
    id: '9',
    from: '1',
    to: '50',
    groupId: 50,
    timestamp: '1',
    ...more,
    type,
    toUids: more.toUids ?? [],
  };
}

const said = (one: GroupNoticeMeta) => noticeText(one, '1', nameOf);

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await useLocale('en');
});

describe('a notice of a group', () => {
  test('names who did it and whom it concerns', () => {
    expect(said(notice('joined', { from: '2' }))).toBe('Bob joined the group');
    expect(said(notice('kicked', { toUids: [2, 3] }))).toBe('You removed Bob and Carol');
    expect(said(notice('kicked', { from: '2', toUids: [1] }))).toBe('Bob removed you');
  });

  test('of many who came together names some and counts the rest', () => {
    const joined = (from: number) => notice('joined', { from: String(from) });
    const crowd = (count: number) => Array.from({ length: count }, (_, i) => joined(i + 3));
    expect(noticeText(joined(1), '1', nameOf, [joined(2), joined(2)])).toBe('You and Bob joined the group');
    expect(noticeText(joined(2), '1', nameOf, [joined(1)])).toBe('Bob and you joined the group');
    expect(noticeText(joined(2), '1', nameOf, crowd(5))).toBe('Bob, Carol, 4, 5, 6, and 7 joined the group');
    expect(noticeText(joined(2), '1', nameOf, crowd(40))).toBe('Bob, Carol, 4, 5, 6, and 36 others joined the group');
  });

  test('in Chinese has no space beside the word for the reader himself', async () => {
    await useLocale('zh-CN');
    expect(said(notice('joined'))).toBe('你加入了群组');
    expect(said(notice('joined', { from: '2' }))).toBe('Bob 加入了群组');
    expect(said(notice('kicked', { from: '2', toUids: [1] }))).toBe('Bob 将你移出了群组');
    expect(said(notice('kicked', { toUids: [2] }))).toBe('你将 Bob 移出了群组');
    expect(said(notice('kicked', { from: '2', toUids: [1, 3] }))).toBe('Bob 将你和 Carol 移出了群组');
    await useLocale('en');
  });

  test('says what was changed', () => {
    const rename = JSON.stringify({ property: 'name', name: 'Team' });
    expect(said(notice('info_updated', { content: rename }))).toBe('You renamed the group to “Team”');
    const ban = (until: number) => JSON.stringify({ property: 'ban_expire_time', ban_expire_time: until });
    expect(noticeKey(notice('info_updated', { content: ban(-1) }))).toBe('notice.allBanned');
    expect(noticeKey(notice('info_updated', { content: ban(0) }))).toBe('notice.allUnbanned');
    const announcement = JSON.stringify({ id: 4, title: 'Lunch', content: 'At noon' });
    expect(said(notice('announcement_updated', { from: '2', content: announcement }))).toBe(
      'Bob posted an announcement: Lunch',
    );
  });

  test('that removes what was posted anew just before says nothing more', () => {
    const content = JSON.stringify({ id: 5, title: 'Lunch', content: 'At one' });
    const posted = notice('announcement_updated', { content, timestamp: '10000' });
    const removed = (timestamp: string, from = '1') =>
      notice('announcement_updated', { content: '{"id":4}', timestamp, from });
    expect(isRewording(removed('10400'), posted)).toBe(true);
    expect(isRewording(removed('10400', '2'), posted)).toBe(false);
    expect(isRewording(removed('20000'), posted)).toBe(false);
    expect(isRewording(notice('announcement_updated', { content: '{"id":5}', timestamp: '10400' }), posted)).toBe(
      false,
    );
    expect(isRewording(posted, removed('9900'))).toBe(false);
    expect(isRewording(removed('10400'), undefined)).toBe(false);
  });

  test('tells of files, of applications and of each setting', () => {
    const file = JSON.stringify({ file_id: 3, name: 'plan.pdf' });
    expect(said(notice('file_deleted', { from: '2', content: '{"file_list":[3]}' }))).toBe('Bob removed shared files');
    expect(said(notice('file_updated', { content: file }))).toBe('You renamed a file to plan.pdf');
    expect(said(notice('applyed', { from: '2', content: 'let me in' }))).toBe('Bob asks to join the group');
    expect(said(notice('apply_accepted', { toUids: [2] }))).toBe('You let Bob in');
    const change = (property: string, value: unknown) =>
      said(notice('info_updated', { from: '2', content: JSON.stringify({ property, [property]: value }) }));
    expect(change('member_invite', true)).toBe('Bob let members add people');
    expect(change('member_invite', false)).toBe('Bob let only owner and administrators add people');
    expect([0, 1, 2].map((value) => change('apply_approval', value))).toEqual([
      'Bob let everybody join by link or ID',
      'Bob let people join after a request',
      'Bob let people join by invitation only',
    ]);
    expect(change('apply_approval', 7)).toBe('');
    expect(change('display_name', 'Bobby')).toBe('');
  });

  test('has a line in both languages, whatever happened to others', async () => {
    const all = [
      ...['created', 'destroyed', 'joined', 'leaved', 'applyed', 'apply_accepted', 'apply_declined', 'invited'],
      ...['invite_accepted', 'invite_declined', 'kicked', 'blocked', 'unblocked', 'owner_assigned', 'admin_granted'],
      ...[
        'admin_revoked',
        'banned',
        'unbanned',
        'announcement_updated',
        'file_uploaded',
        'file_deleted',
        'file_updated',
      ],
    ] as const satisfies GroupNoticeMeta['type'][];
    for (const language of ['zh-CN', 'en'] as const) {
      await useLocale(language);
      for (const type of all) expect(said(notice(type, { from: '2', toUids: [3] })), type).toMatch(/Bob/);
    }
  });

  test('has no line where somebody changes something for himself, or nobody knows what it is', () => {
    for (const type of ['muted', 'unmuted', 'message_setting', 'presence', 'absence', 'unknown'] as const)
      expect(noticeKey(notice(type)), type).toBeNull();
    for (const content of ['', 'null', '[]', '{"property":"constructor"}', '{"property":7}', '{']) {
      expect(noticeKey(notice('info_updated', { content }))).toBeNull();
    }
  });
});
