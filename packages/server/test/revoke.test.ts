import { closeCodes, limits } from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type People, password, standingClock, startPeople } from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const connect = (token: string, guid: string) => RawClient.login(people.url, { uid: people.alice.uid, token, guid });
const tokenOf = async (guid: string) =>
  (await ask(people.url, 'tokenByName', { name: 'alice', password, device_guid: guid })).data.token as string;

describe('revoking a token', () => {
  it('ends it and its sessions, and no other', async () => {
    const { alice, url } = people;
    const other = await tokenOf('alice-tablet');
    const [phone, laptop] = [await connect(alice.token, 'alice-phone'), await connect(alice.token, 'alice-laptop')];
    const tablet = await connect(other, 'alice-tablet');
    expect(await people.ok(alice, 'tokenRevoke')).toBe(true);
    const { code } = closeCodes.tokenInvalid;
    expect([await phone.closed(), await laptop.closed()]).toEqual([code, code]);
    expect((await people.as(alice, 'userProfile')).code).toBe(402);
    expect((await people.as(alice, 'tokenRevoke')).code).toBe(402);
    expect((await ask(url, 'userProfile', {}, { token: other })).code).toBe(200);
    expect(tablet.closeCode).toBeUndefined();
    tablet.terminate();
  });

  it('is on disk when it is answered', async () => {
    const rows = () => people.server.context.reader.all('SELECT 1 FROM token WHERE uid = ?', people.alice.uid).length;
    expect(rows()).toBe(1);
    await people.ok(people.alice, 'tokenRevoke');
    expect(rows()).toBe(0);
  });
});

describe('a login', () => {
  it('ends the sessions of tokens that have expired', async () => {
    const phone = await connect(people.alice.token, 'alice-phone');
    clock.advance(limits.tokenTtlMs);
    const fresh = await connect(await tokenOf('alice-tablet'), 'alice-tablet');
    expect(await phone.closed()).toBe(closeCodes.tokenInvalid.code);
    expect(fresh.closeCode).toBeUndefined();
    fresh.terminate();
  });

  it('ends the sessions of the token that makes room for it', async () => {
    const { alice, server } = people;
    const phone = await connect(alice.token, 'alice-phone');
    clock.advance(1);
    await Promise.all(Array.from({ length: 1000 }, () => server.context.tokens.issue(alice.uid, '')));
    expect(await phone.closed()).toBe(closeCodes.tokenInvalid.code);
  });
});
