import { limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signIn } from './support/notices.ts';
import { addApp, join, type People, type Person, startPeople } from './support/rest.ts';

let people: People;
beforeEach(async () => {
  people = await startPeople();
});
afterEach(() => people.close());

const read = (sql: string) => people.server.context.reader.all(sql);
/** Which devices a vendor reaches, and with what. */
const reached = () =>
  read("SELECT uid, device_sn, push_token, push_notifier FROM device WHERE push_token <> '' ORDER BY uid").map(
    (row) => [row['uid'], row['device_sn'], row['push_token'], row['push_notifier']],
  );
/** A device of somebody, by its number. */
const device = async (person = people.alice, name = 'phone') => (await signIn(people.url, person, name)).sn;
const bind = (device_sn: number, device_token: string, by: Person = people.alice, asking = {}) =>
  people.as(by, 'pushTokenBind', { device_sn, device_token, notifier_name: 'apns-prod' }, asking);

describe('the token by which a vendor reaches a device', () => {
  it('is kept with the device until it is unbound', async () => {
    const { alice } = people;
    const sn = await device();
    expect((await bind(sn, 'first')).data).toBe(true);
    expect((await bind(sn, 'second')).data).toBe(true);
    expect(reached()).toEqual([[alice.uid, sn, 'second', 'apns-prod']]);
    const unbind = { deviceSn: sn };
    expect(await people.ok(alice, 'pushTokenUnbind', unbind, { method: 'DELETE' })).toEqual({ device_sn: sn });
    expect(reached()).toEqual([]);
    expect(await people.ok(alice, 'pushTokenUnbind', unbind)).toEqual({ device_sn: sn });
  });

  it('is refused for a device that is not the user’s', async () => {
    const sn = await device();
    for (const [by, number] of [
      [people.bob, sn],
      [people.alice, sn + 1],
      [people.alice, 1_000_000_007],
    ] as const) {
      const answer = await bind(number, 'x', by);
      expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('device_sn')]);
    }
    expect(reached()).toEqual([]);
  });

  it('can be unbound by a client that knows no device, so that it can sign out', async () => {
    await bind(await device(), 'x');
    for (const deviceSn of [0, 1_000_000_007]) {
      expect(await people.ok(people.alice, 'pushTokenUnbind', { deviceSn })).toEqual({ device_sn: deviceSn });
    }
    await people.ok(people.bob, 'pushTokenUnbind', { deviceSn: 1 });
    expect(reached()).toHaveLength(1);
  });

  it('leads to whoever bound it last in the app', async () => {
    const [mine, his] = [await device(), await device(people.bob)];
    await bind(mine, 'the phone');
    await bind(his, 'the phone', people.bob);
    expect(reached()).toEqual([[people.bob.uid, his, 'the phone', 'apns-prod']]);
    await addApp(people.server, 'other');
    const dora = await join(people.url, 'dora', 'dora-phone', 'other');
    const { context } = people.server;
    const claim = { uid: dora.uid, guid: 'dora-phone', platform: 1, agent: '' };
    const hers = await context.devices.identify(claim);
    expect((await bind(hers, 'the phone', dora, { appId: 'other' })).code).toBe(200);
    expect(reached()).toHaveLength(2);
  });

  it('goes with the device, however that goes', async () => {
    const { alice } = people;
    const [kicked, removed, own] = [await device(), await device(alice, 'laptop'), await device(alice, 'tablet')];
    for (const sn of [kicked, removed, own]) await bind(sn, `token ${sn}`);
    await people.ok(alice, 'deviceKick', { device_sn: kicked });
    expect(reached()).toHaveLength(2);
    await people.ok(alice, 'deviceRemove', { device_sn: removed });
    expect(reached()).toEqual([[alice.uid, own, `token ${own}`, 'apns-prod']]);
    expect((await bind(removed, 'again')).code).toBe(10002);
    await people.server.context.lifecycles.remove({ appId: 'flooim', uid: alice.uid });
    expect(reached()).toEqual([]);
  });
});

describe('an alias', () => {
  const set = (alias: string, by = people.alice) => people.as(by, 'pushAlias', { alias, push_token: 't' });

  it('is one user’s at most, until he takes another one', async () => {
    expect((await set('vip')).data).toBe(true);
    const taken = await set('vip', people.bob);
    expect([taken.code, taken.message]).toEqual([10002, expect.stringContaining('alias')]);
    await set('other');
    expect((await set('vip', people.bob)).data).toBe(true);
    await set('', people.bob);
    expect(read('SELECT alias FROM push_alias')).toMatchObject([{ alias: 'other' }]);
  });
});

describe('tags', () => {
  const tags = () => people.ok(people.alice, 'pushTags');

  it('are added, removed and cleared, each user’s own', async () => {
    const { alice, bob } = people;
    expect(await tags()).toEqual([]);
    await people.ok(alice, 'pushTagsAdd', { tags: ['b', '小', 'a', 'b'] });
    await people.ok(bob, 'pushTagsAdd', { tags: ['b'] });
    expect(await tags()).toEqual(['a', 'b', '小']);
    await people.ok(alice, 'pushTagsRemove', { tags: ['b', 'unknown'] });
    expect(await tags()).toEqual(['a', '小']);
    await people.ok(alice, 'pushTagsClear');
    expect(await tags()).toEqual([]);
    expect(await people.ok(bob, 'pushTags')).toEqual(['b']);
  });

  it('are no more than a hundred of one user', async () => {
    const many = Array.from({ length: limits.pushTags }, (_, i) => `tag ${i}`);
    await people.ok(people.alice, 'pushTagsAdd', { tags: many });
    await people.ok(people.alice, 'pushTagsAdd', { tags: many.slice(0, 5) });
    expect((await people.as(people.alice, 'pushTagsAdd', { tags: ['one more'] })).message).toContain('tags');
    expect(await tags()).toHaveLength(limits.pushTags);
  });
});

it('the badge is the last one that was said', async () => {
  await people.ok(people.alice, 'pushBadge', { badge: 3 });
  await people.ok(people.alice, 'pushBadge', { badge: 0 });
  expect(read('SELECT uid, badge FROM push_badge')).toMatchObject([{ uid: people.alice.uid, badge: 0 }]);
});

it('nothing of it is left of a user who is deleted', async () => {
  const { alice, bob } = people;
  await people.ok(alice, 'pushAlias', { alias: 'vip' });
  await people.ok(alice, 'pushBadge', { badge: 1 });
  await people.ok(alice, 'pushTagsAdd', { tags: ['a'] });
  await people.server.context.lifecycles.remove({ appId: 'flooim', uid: alice.uid });
  for (const table of ['push_alias', 'push_badge', 'push_tag']) expect(read(`SELECT * FROM ${table}`)).toEqual([]);
  await people.ok(bob, 'pushAlias', { alias: 'vip' });
});
