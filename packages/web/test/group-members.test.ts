import { describe, expect, test } from 'vitest';
import { actsTowards, isMuted, searchMembers, sortMembers } from '../src/group/group-members.ts';
import { isAllMuted } from '../src/group/group-silence.ts';
import { refusal } from '../src/group/refusal.ts';
import { shareType } from '../src/group/share-type.ts';

const towards = (actor: 'owner' | 'admin' | 'member', target: 'owner' | 'admin' | 'member', more = {}) =>
  actsTowards({ actor, target, isSelf: false, muted: false, hidden: false, ...more });

describe('what one member may do with another', () => {
  test('is everything for the owner', () => {
    expect(towards('owner', 'member')).toEqual([
      'message',
      'profile',
      'makeAdmin',
      'mute',
      'transfer',
      'remove',
      'block',
    ]);
    expect(towards('owner', 'admin', { muted: true })).toContain('unmute');
    expect(towards('owner', 'admin')).toContain('removeAdmin');
  });

  test('ends for an administrator at his equals and above', () => {
    expect(towards('admin', 'member')).toEqual(['message', 'profile', 'mute', 'remove', 'block']);
    for (const target of ['admin', 'owner'] as const) expect(towards('admin', target)).toEqual(['message', 'profile']);
  });

  test('is talk for a member, and nothing where the group keeps members apart or it is himself', () => {
    expect(towards('member', 'member')).toEqual(['message', 'profile']);
    expect(towards('member', 'owner', { hidden: true })).toEqual([]);
    expect(towards('admin', 'owner', { hidden: true })).toEqual(['message', 'profile']);
    expect(towards('owner', 'owner', { isSelf: true })).toEqual([]);
  });
});

describe('a list of members', () => {
  const members = [
    { user_id: 1, join_time: 30 },
    { user_id: 2, join_time: 10 },
    { user_id: 3, join_time: 20 },
    { user_id: 4, join_time: 20 },
  ];

  test('begins with who decides, then goes by when they came', () => {
    const roles: Record<number, 'owner' | 'admin'> = { 1: 'admin', 4: 'owner' };
    const sorted = sortMembers(members, (uid) => roles[uid] ?? 'member');
    expect(sorted.map(({ user_id }) => user_id)).toEqual([4, 1, 2, 3]);
    expect(members[0]?.user_id).toBe(1);
  });

  test('is searched by any name and by number, in any case', () => {
    const words = ({ user_id }: { user_id: number }) => (user_id === 3 ? ['小明', 'Ming'] : [`user ${user_id}`]);
    const found = (query: string) => searchMembers(members, query, words).map(({ user_id }) => user_id);
    expect(found(' mInG')).toEqual([3]);
    expect(found('小')).toEqual([3]);
    expect(found('')).toHaveLength(4);
    expect(found('nobody')).toEqual([]);
  });

  test('knows who is muted now', () => {
    expect(isMuted({}, 100)).toBe(false);
    expect(isMuted({ expired_time: 100 }, 100)).toBe(false);
    expect(isMuted({ expired_time: 101 }, 100)).toBe(true);
    expect(isMuted({ expired_time: -1 }, 100)).toBe(true);
  });
});

test('a mute of all ends by itself, in seconds', () => {
  expect([isAllMuted(0, 5000), isAllMuted(5, 5000), isAllMuted(6, 5000), isAllMuted(-1, 5000)]).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('a shared file is told by its kind', () => {
  expect(['image/png', 'video/mp4', 'application/pdf', ''].map(shareType)).toEqual([
    'shareImage',
    'shareVideo',
    'shareFile',
    'shareFile',
  ]);
});

test('the first refusal among many results is what is said', () => {
  expect(refusal(true)).toBeNull();
  expect(refusal({ user_id: 1, result: 'success' })).toBeNull();
  expect(refusal([{ result: 'success' }, { result: 'fail', reason: 'the group is full' }])).toBe('the group is full');
  expect(refusal([{ result: 'fail' }])).toBe('refused');
});
