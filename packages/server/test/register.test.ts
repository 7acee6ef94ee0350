import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, ask, join, type People, password, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const register = (username: string, pass = password, appId = 'flooim') =>
  ask(people.url, 'userRegister', { username, password: pass }, { appId });

describe('registering', () => {
  it('answers with the settings of a new account, all off', async () => {
    const { code, data } = await register('dora');
    expect(code).toBe(200);
    expect(data).toMatchObject({ auth_mode: 0, group_confirm: false, no_push: false, no_push_start_hour: 0 });
    expect(data.user_id).toBeGreaterThan(0);
  });

  it.each([
    ['Chinese characters', '小明_1'],
    ['white space, which is dropped', ' er ic '],
  ])('accepts a name with %s', async (_what, username) => {
    expect((await register(username)).code).toBe(200);
    const grant = await ask(people.url, 'tokenByName', { name: username.replace(/\s/g, ''), password });
    expect(grant.code).toBe(200);
  });

  it.each([
    ['digits only', '12345'],
    ['a character that is not allowed', 'al-ice'],
    ['an emoji', 'alice😀'],
    ['the prefix mta', 'mta_alice'],
    ['the prefix maxim in any case', 'MaximX'],
    ['nothing but white space', '   '],
  ])('refuses a name with %s, in words that a person can act upon', async (_what, username) => {
    const { code, message } = await register(username);
    expect(code).toBe(10002);
    expect(message).toMatch(/^username: /);
    expect(message).not.toContain('invalid request parameter');
  });

  it.each([
    ['too short', 'abc12'],
    ['of one kind', 'abcdefgh'],
    ['not ASCII', 'passwörter1'],
    ['with a line break', 'abcdefg1\n'],
  ])('refuses a password that is %s, in words that a person can act upon', async (_what, pass) => {
    const { code, message } = await register('frank', pass);
    expect(code).toBe(10002);
    expect(message).toMatch(/^password: /);
    expect(message).not.toContain('invalid request parameter');
  });

  it('refuses a name that is taken, in whatever case', async () => {
    expect((await register('alice')).code).toBe(10004);
    expect((await register('ALICE')).code).toBe(10004);
  });

  it('lets one of many registrations of the same name at the same time win', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register('race')));
    const codes = answers.map(({ code }) => code).sort((a, b) => a - b);
    expect(codes).toEqual([200, ...Array(7).fill(10004)]);
  });

  it('keeps the names of two apps apart', async () => {
    await addApp(people.server, 'other');
    const { uid } = await join(people.url, 'alice', 'phone', 'other');
    expect(uid).not.toBe(people.alice.uid);
  });

  it('is refused where registration is closed', async () => {
    await addApp(people.server, 'closed', 'open_registration = 0');
    expect((await register('gina', password, 'closed')).code).toBe(40001);
  });

  it('tells whether a name is free', async () => {
    const check = (username: string) => ask(people.url, 'userNameCheck', { username });
    expect(await check('nobody_yet')).toMatchObject({ code: 200, data: true });
    expect((await check('Alice')).code).toBe(11011);
    expect((await check('77')).code).toBe(10002);
  });
});
