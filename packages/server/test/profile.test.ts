import { decodeUserNotice, limits, Namespace, RosterNoticeType, type SyncDL, UserNoticeType } from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticesOf, type People, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeAll(async () => {
  people = await startPeople({}, { clock });
  await people.ok(people.alice, 'rosterApply', { user_id: people.bob.uid });
});
afterAll(() => people.close());

const changesTold = (to: People['bob']) =>
  noticesOf(people.server, to).filter(({ type }) => type === RosterNoticeType.INFO_UPDATED);

/** What a device hears first of what this finds. */
function heard<T>(device: RawClient, find: (sync: SyncDL) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    device.onSync = (sync) => {
      const found = find(sync);
      if (found !== undefined) resolve(found);
    };
  });
}

describe('a profile', () => {
  it('begins with nothing but the name', async () => {
    const profile = await people.ok(people.carol, 'userProfile');
    expect(profile).toEqual({ user_id: people.carol.uid, username: 'carol' });
  });

  it('changes only what is given, and can be emptied', async () => {
    const { carol } = people;
    await people.ok(carol, 'userProfileUpdate', { nick_name: 'Caro', description: 'here', private_info: 'mine' });
    await people.ok(carol, 'userProfileUpdate', { description: '' });
    await people.ok(carol, 'userNickName', { nick_name: 'Carola' });
    expect(await people.ok(carol, 'userProfile')).toEqual({
      user_id: carol.uid,
      username: 'carol',
      nick_name: 'Carola',
      private_info: 'mine',
    });
  });

  it('tells friends what they can see of it, stored in their system conversation', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'userProfileUpdate', { nick_name: 'Ally', description: 'x', private_info: 'secret' });
    const told = { type: RosterNoticeType.INFO_UPDATED, from: alice.uid, to: [bob.uid] };
    expect(changesTold(bob)).toEqual([{ ...told, content: '{"nick_name":"Ally"}' }]);
    expect(noticesOf(people.server, people.carol)).toEqual([]);
  });

  it('says that a long text changed, and does not repeat it to each friend', async () => {
    const { alice, bob } = people;
    const long = '漢'.repeat(limits.infoChars);
    await people.ok(alice, 'userProfileUpdate', { nick_name: 'Al', public_info: long });
    expect(changesTold(bob).at(-1)?.content).toBe('{"nick_name":"Al"}');
    await people.ok(alice, 'userProfileUpdate', { nick_name: 'Ally', public_info: 'short' });
    expect(changesTold(bob).at(-1)?.content).toBe('{"nick_name":"Ally","public_info":"short"}');
    await people.ok(alice, 'userProfileUpdate', { public_info: long });
    expect(changesTold(bob).at(-1)?.content).toBe('{}');
    expect((await people.ok(bob, 'rosterById', { user_id: alice.uid })).public_info).toBe(long);
  });

  it('tells nobody when nothing changed, or nothing that others see', async () => {
    const before = changesTold(people.bob).length;
    await people.ok(people.alice, 'userProfileUpdate', { nick_name: 'Ally', private_info: 'other' });
    expect(changesTold(people.bob)).toHaveLength(before);
  });

  it('that changes all the time is told to friends only so often', async () => {
    const { alice } = people;
    const codes: number[] = [];
    for (let i = 0; i < 40; i++) codes.push((await people.as(alice, 'userNickName', { nick_name: `n${i}` })).code);
    expect(codes).toContain(200);
    expect(codes.at(-1)).toBe(10028);
    expect((await people.as(alice, 'userProfileUpdate', { private_info: 'still' })).code).toBe(200);
    clock.advance(60_000);
  });

  it("tells a friend's connected device at once, and the user's own devices", async () => {
    const { alice, bob, url } = people;
    const own = await RawClient.login(url, { uid: alice.uid, token: alice.token, guid: 'alice-phone' });
    const friends = await RawClient.login(url, { uid: bob.uid, token: bob.token, guid: 'bob-phone' });
    const ownHeard = heard(own, ({ metas: [meta] }) =>
      meta?.ns === Namespace.USER_NOTICE ? decodeUserNotice(meta.payload).type : undefined,
    );
    const friendHeard = heard(friends, ({ metas: [meta] }) =>
      meta?.ns === Namespace.ROSTER_NOTICE ? meta : undefined,
    );
    await people.ok(alice, 'userAvatar', { avatar: 'https://img.example.org/a.png' });
    expect(await ownHeard).toBe(UserNoticeType.INFO_UPDATED);
    expect((await friendHeard).from?.uid).toBe(alice.uid);
    own.terminate();
    friends.terminate();
  });

  it.each([
    'https://img.example.org/a.png?x=1',
    'http://127.0.0.1:4000/file/download/avatar?file_sign=a',
    'avatars/10001_1.png',
    '',
  ])('takes the avatar "%s"', async (avatar) => {
    await people.ok(people.alice, 'userAvatar', { avatar });
    expect((await people.ok(people.alice, 'userProfile')).avatar ?? '').toBe(avatar);
  });

  it.each([
    '/etc/passwd',
    '//evil.example.org/a',
    'javascript:alert(1)',
    'data:text/html,x',
    'a/../../b',
    'https://a b',
    ' x',
  ])('refuses the avatar "%s"', async (avatar) => {
    const answers = [
      await people.as(people.alice, 'userAvatar', { avatar }),
      await people.as(people.alice, 'userAvatar', { avatar }, { place: 'query' }),
    ];
    for (const { code, message } of answers) {
      expect(code).toBe(10002);
      expect(message).toContain('avatar');
    }
  });

  it('counts characters, not their halves', async () => {
    const nick_name = '😀'.repeat(limits.nicknameChars);
    await people.ok(people.carol, 'userNickName', { nick_name });
    expect((await people.ok(people.carol, 'userProfile')).nick_name).toBe(nick_name);
    expect((await people.as(people.carol, 'userNickName', { nick_name: `${nick_name}😀` })).code).toBe(10002);
  });
});

describe('settings', () => {
  it('change only what is given', async () => {
    const { alice } = people;
    await people.ok(alice, 'userSettingsUpdate', { auth_mode: 2, auth_question: 'why?', auth_answer: 'because' });
    await people.ok(alice, 'userSettingsUpdate', { user_id: alice.uid, no_push_start_hour: 22 });
    await people.ok(alice, 'userAuthMode', { value: 1 });
    expect(await people.ok(alice, 'userSettings')).toMatchObject({
      user_id: alice.uid,
      auth_mode: 1,
      auth_question: 'why?',
      auth_answer: 'because',
      no_push_start_hour: 22,
      no_sounds: false,
    });
  });

  it('of somebody else cannot be changed by naming him', async () => {
    const { alice, bob } = people;
    expect((await people.as(alice, 'userSettingsUpdate', { user_id: bob.uid, auth_mode: 3 })).code).toBe(10010);
    expect((await people.ok(bob, 'userSettings')).auth_mode).toBe(0);
  });

  it('of two devices that change them at the same time are both kept', async () => {
    const { carol } = people;
    await Promise.all([
      people.ok(carol, 'userSettingsUpdate', { no_sounds: true }),
      people.ok(carol, 'userSettingsUpdate', { vibratory: true }),
    ]);
    expect(await people.ok(carol, 'userSettings')).toMatchObject({ no_sounds: true, vibratory: true });
  });
});
