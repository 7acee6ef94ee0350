import { closeCodes } from '@flooim/protocol';
import { ProvisionRefused, RawClient } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type People, password, startPeople } from './support/rest.ts';

const fresh = 'another-horse-2';
let people: People;
beforeEach(async () => {
  people = await startPeople();
});
afterEach(() => people.close());

const change = (old_password: string, new_password: string) =>
  people.as(people.alice, 'userChangePassword', { old_password, new_password });

describe('a token that ends while its device connects', () => {
  it('does not connect it', async () => {
    const { alice, server, url } = people;
    const { tokens } = server.context;
    tokens.bindDevice = () => tokens.revokeAll(alice.uid);
    const connecting = RawClient.login(url, { uid: alice.uid, token: alice.token, guid: 'alice-phone' });
    await expect(connecting).rejects.toThrow(ProvisionRefused);
    expect(server.context.registry.count).toBe(0);
  });
});

describe('changing the password', () => {
  it('needs the old one', async () => {
    expect((await change('wrong-horse-1', fresh)).code).toBe(11001);
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password })).code).toBe(200);
  });

  it('keeps to the rules of passwords', async () => {
    const { code, message } = await change(password, 'short');
    expect(code).toBe(10002);
    expect(message).toMatch(/^password: /);
  });

  it('limits how often the old one may be guessed', async () => {
    for (let i = 0; i < 10; i++) expect((await change('wrong-horse-1', fresh)).code).toBe(11001);
    expect((await change(password, fresh)).code).toBe(10028);
  });

  it('makes the new one work and the old one not', async () => {
    expect(await change(password, fresh)).toMatchObject({ code: 200, data: true });
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password })).code).toBe(402);
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password: fresh })).code).toBe(200);
  });

  it('lets one of two changes at the same time win', async () => {
    const answers = await Promise.all([change(password, fresh), change(password, 'third-horse-3')]);
    expect(answers.map(({ code }) => code).sort((a, b) => a - b)).toEqual([200, 11001]);
  });

  it('signs out every other device, and not the one that did it', async () => {
    const { alice, url } = people;
    const tablet = (await ask(url, 'tokenByName', { name: 'alice', password, device_guid: 'alice-tablet' })).data;
    // Once used, so that it is remembered.
    expect((await ask(url, 'userProfile', {}, { token: tablet.token })).code).toBe(200);
    const own = await RawClient.login(url, { uid: alice.uid, token: alice.token, guid: 'alice-phone' });
    const other = await RawClient.login(url, { uid: alice.uid, token: tablet.token, guid: 'alice-tablet' });
    await people.ok(alice, 'userChangePassword', { old_password: password, new_password: fresh });
    expect(await other.closed()).toBe(closeCodes.passwordChanged.code);
    expect((await ask(url, 'userProfile', {}, { token: tablet.token })).code).toBe(402);
    expect(own.closeCode).toBeUndefined();
    expect((await people.as(alice, 'userProfile')).code).toBe(200);
    own.terminate();
  });

  it('ends a session of the same device that signed in with another token', async () => {
    const { alice, url } = people;
    const stolen = (await ask(url, 'tokenByName', { name: 'alice', password, device_guid: 'alice-phone' })).data.token;
    const thief = await RawClient.login(url, { uid: alice.uid, token: stolen, guid: 'alice-phone' });
    await people.ok(alice, 'userChangePassword', { old_password: password, new_password: fresh });
    expect(await thief.closed()).toBe(closeCodes.passwordChanged.code);
  });

  it('keeps every session of the token that did it', async () => {
    const { alice, url, server } = people;
    const own = await Promise.all(
      ['alice-phone', 'alice-laptop'].map((guid) => RawClient.login(url, { uid: alice.uid, token: alice.token, guid })),
    );
    await people.ok(alice, 'userChangePassword', { old_password: password, new_password: fresh });
    expect(server.context.registry.of(alice.uid)).toHaveLength(2);
    for (const client of own) client.terminate();
  });

  it('works while somebody locks the account against logins', async () => {
    for (let i = 0; i < 11; i++) await ask(people.url, 'tokenByName', { name: 'alice', password: 'wrong-horse-1' });
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password })).code).toBe(10028);
    expect((await change(password, fresh)).code).toBe(200);
  });

  it('knows the device that did it also when it said who it is only as it connected', async () => {
    const { alice, url } = people;
    const { token } = (await ask(url, 'tokenByName', { name: 'alice', password })).data;
    const own = await RawClient.login(url, { uid: alice.uid, token, guid: 'alice-laptop' });
    const other = await RawClient.login(url, { uid: alice.uid, token: alice.token, guid: 'alice-phone' });
    const passwords = { old_password: password, new_password: fresh };
    expect((await ask(url, 'userChangePassword', passwords, { token })).code).toBe(200);
    expect(await other.closed()).toBe(closeCodes.passwordChanged.code);
    expect(own.closeCode).toBeUndefined();
    own.terminate();
  });
});

it('a login that was checked against the old password gets no token after the change', async () => {
  const { alice, server } = people;
  const { context } = server;
  const account = await context.users.account('flooim', { username: 'alice' });
  const before = account?.passwordHash ?? '';
  const bearer = await context.tokens.verify('flooim', alice.token);
  await context.tokens.changePassword(bearer, before, 'another hash');
  await expect(context.tokens.issue(alice.uid, '', before)).rejects.toMatchObject({ reason: 'loginRejected' });
});
