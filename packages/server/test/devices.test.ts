import { closeCodes, limits, UserNoticeType as Type } from '@flooim/protocol';
import { ProvisionRefused, RawClient } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedWithinASecond, type OwnDevice, pushedNotice, signIn, userNotices } from './support/notices.ts';
import { Phone } from './support/phone.ts';
import { ask, type People, standingClock, startPeople } from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
let phone: OwnDevice;
let laptop: OwnDevice;
let bobs: OwnDevice;
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
  phone = await signIn(people.url, people.alice, 'phone');
  laptop = await signIn(people.url, people.alice, 'laptop');
  bobs = await signIn(people.url, people.bob, 'phone');
  await pushedNotice(phone.phone, Type.DEVICE_LOGIN);
  phone.phone.pushed.length = 0;
});
afterEach(() => people.close());

const by = (device: OwnDevice) => ({ token: device.token });
const list = async (device: OwnDevice) => (await ask(people.url, 'deviceList', {}, by(device))).data;
const works = async (token: string) => (await ask(people.url, 'userProfile', {}, { token })).code === 200;
const connect = ({ token, guid }: OwnDevice) =>
  RawClient.login(people.url, { uid: people.alice.uid, token, guid }).then(
    (raw) => raw.terminate(),
    (error) => error,
  );

describe('the list of devices', () => {
  it('has those that are here and those that are away, and no other user’s', async () => {
    laptop.phone.raw.close();
    await pushedNotice(phone.phone, Type.DEVICE_LOGOUT);
    const seen = clock();
    clock.advance(60_000);
    const answer = await ask(people.url, 'deviceList', {}, by(phone));
    const common = { platform: 5, user_agent: 'testkit', user_id: people.alice.uid };
    expect(answer.data).toEqual([
      { ...common, device_sn: phone.sn, online: true, seen_at: clock() },
      { ...common, device_sn: laptop.sn, online: false, seen_at: seen },
    ]);
    expect(answer.version).toBe(clock());
    expect(await list(bobs)).toHaveLength(1);
    expect((await people.as(people.carol, 'deviceList')).data).toEqual([]);
  });

  it('shows nothing but a platform where a device claims one that nobody knows', async () => {
    const raw = await RawClient.open(people.url);
    const login = { uid: people.alice.uid, token: people.alice.token, guid: 'odd' };
    await raw.provision(login, { osType: 4_000_000_000 as never, deviceInfo: '<b>'.repeat(1000) });
    const odd = (await list(phone)).at(-1);
    expect(odd).toMatchObject({ device_sn: raw.deviceSN, platform: 0 });
    expect(odd.user_agent).toHaveLength(256);
    raw.terminate();
  });
});

describe('kicking a device', () => {
  it('ends its session and its token within a second, and nobody else’s', async () => {
    expect(await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone))).toMatchObject({ data: true });
    expect(await works(laptop.token)).toBe(false);
    expect(await closedWithinASecond(laptop.phone)).toBe(closeCodes.kicked.code);
    expect(userNotices(laptop.phone).at(-1)).toEqual([Type.KICKED_BY_OTHER_DEVICE, '']);
    expect(await connect(laptop)).toBeInstanceOf(ProvisionRefused);
    expect([await works(phone.token), await works(bobs.token)]).toEqual([true, true]);
  });

  it('is heard by the others as a device that left, at once', async () => {
    await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone));
    await phone.phone.settle();
    expect(userNotices(phone.phone)).toEqual([[Type.DEVICE_LOGOUT, String(laptop.sn)]]);
    expect((await list(phone)).map(({ online }: { online: boolean }) => online)).toEqual([true, false]);
    await bobs.phone.settle();
    expect(userNotices(bobs.phone)).toEqual([]);
  });

  it('lets it log in again with the password, under its old number', async () => {
    await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone));
    const again = await signIn(people.url, people.alice, 'laptop');
    expect(again.sn).toBe(laptop.sn);
    await phone.phone.settle();
    const types = userNotices(phone.phone).map(([type]) => type);
    expect(types).toEqual([Type.DEVICE_LOGOUT, Type.DEVICE_LOGIN]);
  });

  it('ends the token of one that is away', async () => {
    laptop.phone.raw.close();
    await pushedNotice(phone.phone, Type.DEVICE_LOGOUT);
    await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone));
    expect(await works(laptop.token)).toBe(false);
    expect(await connect(laptop)).toBeInstanceOf(ProvisionRefused);
  });

  it('ends the token that it is connected with, though another device used it last', async () => {
    const shared = { uid: people.alice.uid, token: laptop.token, guid: 'tablet' };
    const tablet = await Phone.connect(people.url, shared);
    await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone));
    expect(await closedWithinASecond(laptop.phone)).toBe(closeCodes.kicked.code);
    expect(await closedWithinASecond(tablet)).toBe(closeCodes.tokenInvalid.code);
    expect(await connect(laptop)).toBeInstanceOf(ProvisionRefused);
  });

  it('may be the one that asks', async () => {
    await ask(people.url, 'deviceKick', { device_sn: phone.sn }, by(phone));
    expect(await closedWithinASecond(phone.phone)).toBe(closeCodes.kicked.code);
    expect([await works(phone.token), await works(laptop.token)]).toEqual([false, true]);
  });

  it('keeps it out also while it connects', async () => {
    laptop.phone.raw.close();
    await pushedNotice(phone.phone, Type.DEVICE_LOGOUT);
    const { tokens, devices, registry } = people.server.context;
    tokens.bindDevice = () => devices.kick(people.alice.uid, laptop.sn);
    expect(await connect(laptop)).toBeInstanceOf(ProvisionRefused);
    expect(registry.of(people.alice.uid)).toHaveLength(1);
  });

  it('may be done for the user by an administrator', async () => {
    const token = await people.server.context.adminTokens.create('flooim');
    const headers = { user_id: String(people.alice.uid) };
    await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, { token, headers });
    expect(await closedWithinASecond(laptop.phone)).toBe(closeCodes.kicked.code);
    expect([await works(laptop.token), await works(phone.token)]).toEqual([false, true]);
  });

  it('of nobody’s number is refused by name, and a number is one’s own device', async () => {
    for (const device_sn of [99, limits.rosterSize, Number.MAX_SAFE_INTEGER]) {
      const answer = await ask(people.url, 'deviceKick', { device_sn }, by(phone));
      expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('device_sn')]);
    }
    expect(bobs.sn).toBe(phone.sn);
    await ask(people.url, 'deviceKick', { device_sn: bobs.sn }, by(laptop));
    expect(await works(bobs.token)).toBe(true);
    expect(bobs.phone.raw.closeCode).toBeUndefined();
  });

  it('takes the number from the body as well, as deployed clients send it', async () => {
    await ask(people.url, 'deviceKick', { device_sn: String(laptop.sn) }, { ...by(phone), place: 'body' });
    expect(await closedWithinASecond(laptop.phone)).toBe(closeCodes.kicked.code);
    expect(await works(phone.token)).toBe(true);
  });
});

describe('kicking all devices', () => {
  it('ends every session and every token, also those that never connected', async () => {
    await ask(people.url, 'deviceKick', {}, by(phone));
    const closed = [await closedWithinASecond(phone.phone), await closedWithinASecond(laptop.phone)];
    expect(closed).toEqual([closeCodes.kicked.code, closeCodes.kicked.code]);
    // Sessions that end together do not hear of each other.
    expect(userNotices(laptop.phone)).toEqual([[Type.KICKED_BY_OTHER_DEVICE, '']]);
    for (const { token } of [phone, laptop, people.alice]) expect(await works(token)).toBe(false);
    expect(await works(bobs.token)).toBe(true);
    expect(await list(await signIn(people.url, people.alice, 'tablet'))).toHaveLength(3);
  });
});

describe('removing a device', () => {
  it('ends it as kicking does, tells it alone, and forgets it', async () => {
    expect(await ask(people.url, 'deviceRemove', { device_sn: laptop.sn }, by(phone))).toMatchObject({ data: true });
    expect(await works(laptop.token)).toBe(false);
    expect(await closedWithinASecond(laptop.phone)).toBe(closeCodes.deviceRemoved.code);
    expect(userNotices(laptop.phone).at(-1)).toEqual([Type.DEVICE_REMOVED, '']);
    await phone.phone.settle();
    expect(userNotices(phone.phone)).toEqual([[Type.DEVICE_LOGOUT, String(laptop.sn)]]);
    expect((await list(phone)).map(({ device_sn }: { device_sn: number }) => device_sn)).toEqual([phone.sn]);
    expect(await connect(laptop)).toBeInstanceOf(ProvisionRefused);
  });

  it('that is away tells nobody', async () => {
    laptop.phone.raw.close();
    await pushedNotice(phone.phone, Type.DEVICE_LOGOUT);
    await ask(people.url, 'deviceRemove', { device_sn: laptop.sn }, { ...by(phone), method: 'DELETE' });
    await phone.phone.settle();
    expect(userNotices(phone.phone)).toHaveLength(1);
    expect(await list(phone)).toHaveLength(1);
    expect(await works(laptop.token)).toBe(false);
  });

  it('twice is refused by name', async () => {
    const remove = () => ask(people.url, 'deviceRemove', { device_sn: laptop.sn }, by(phone));
    await remove();
    const again = await remove();
    expect([again.code, again.message]).toEqual([10002, expect.stringContaining('device_sn')]);
    expect((await ask(people.url, 'deviceKick', { device_sn: laptop.sn }, by(phone))).code).toBe(10002);
  });

  it('makes it a new one when it logs in again, with the number it had', async () => {
    await ask(people.url, 'deviceRemove', { device_sn: laptop.sn }, by(phone));
    expect((await signIn(people.url, people.alice, 'laptop')).sn).toBe(laptop.sn);
    await phone.phone.settle();
    const sn = String(laptop.sn);
    expect(userNotices(phone.phone)).toEqual([
      [Type.DEVICE_LOGOUT, sn],
      [Type.DEVICE_ADDED, sn],
      [Type.DEVICE_LOGIN, sn],
    ]);
  });

  it('is on disk when it is answered', async () => {
    await ask(people.url, 'deviceRemove', { device_sn: laptop.sn }, by(phone));
    const { reader } = people.server.context;
    const sql = 'SELECT 1 FROM token WHERE uid = ? AND device_guid = ?';
    expect(reader.get(sql, people.alice.uid, 'laptop')).toBeUndefined();
    expect(reader.get(sql, people.alice.uid, 'phone')).toBeDefined();
  });
});

describe('a token that expires', () => {
  it('ends its open session within a second', async () => {
    clock.advance(limits.tokenTtlMs - 1);
    await phone.phone.settle();
    expect(phone.phone.raw.closeCode).toBeUndefined();
    clock.advance(1);
    const asleep = await Promise.all([phone, laptop].map((device) => closedWithinASecond(device.phone)));
    expect(asleep).toEqual([closeCodes.tokenInvalid.code, closeCodes.tokenInvalid.code]);
  });
});
