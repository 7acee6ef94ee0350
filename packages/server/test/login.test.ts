import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addApp,
  ask,
  changeDatabase,
  join,
  type People,
  password,
  standingClock,
  startPeople,
} from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeAll(async () => {
  people = await startPeople({}, { clock });
});
afterAll(() => people.close());

describe('logging in', () => {
  it('works by name, by id and by login name', async () => {
    const { url, alice } = people;
    const grants = [
      await ask(url, 'tokenByName', { name: 'alice', password }),
      await ask(url, 'tokenById', { user_id: String(alice.uid), password }),
      await ask(url, 'tokenByLogin', { login_name: ' ALICE ', password }),
    ];
    for (const { code, data } of grants) {
      expect(code).toBe(200);
      expect(data.user_id).toBe(alice.uid);
      expect(data.token).toMatch(/^t[\w-]{43}$/);
      expect(data.expire).toBe(clock() + limits.tokenTtlMs);
    }
  });

  it('works by mobile number', async () => {
    const { server, url, carol } = people;
    changeDatabase(server, `UPDATE user SET mobile = '+8613800000000' WHERE uid = ${carol.uid}`);
    expect((await ask(url, 'tokenByName', { mobile: '+8613800000000', password })).data.user_id).toBe(carol.uid);
    expect((await ask(url, 'tokenByLogin', { login_name: '+8613800000000', password })).data.user_id).toBe(carol.uid);
    expect((await ask(url, 'tokenByName', { password })).message).toContain('name');
  });

  it('answers the same to an unknown user and to a wrong password, after about the same time', async () => {
    const timed = async (name: string) => {
      const start = performance.now();
      const answer = await ask(people.url, 'tokenByName', { name, password: 'wrong-password-1' });
      return { text: answer.text, ms: performance.now() - start };
    };
    await timed('bob');
    const wrong = await timed('bob');
    const unknown = await timed('nobody');
    expect(wrong.text).toBe('{"code":402,"message":"Operation rejected"}');
    expect(unknown.text).toBe(wrong.text);
    expect(unknown.ms).toBeGreaterThan(wrong.ms / 5);
  });

  it('tells a disabled user so, if he knows the password', async () => {
    const dora = await join(people.url, 'dora');
    changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${dora.uid}`);
    expect((await ask(people.url, 'tokenByName', { name: 'dora', password })).code).toBe(10010);
    expect((await ask(people.url, 'tokenByName', { name: 'dora', password: 'wrong-1-wrong' })).code).toBe(402);
    expect((await ask(people.url, 'userProfile', {}, { token: dora.token })).code).toBe(10010);
  });

  it('treats a deleted user as unknown', async () => {
    const erik = await join(people.url, 'erik');
    changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${erik.uid}`);
    expect((await ask(people.url, 'tokenByName', { name: 'erik', password })).code).toBe(402);
    expect((await ask(people.url, 'userProfile', {}, { token: erik.token })).code).toBe(402);
  });

  it('is refused in an app that is not in order', async () => {
    await addApp(people.server, 'cold', "status = 'frozen'");
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password }, { appId: 'cold' })).code).toBe(40003);
  });

  it('refuses further guesses for an account after ten wrong ones, and allows them again later', async () => {
    const frida = await join(people.url, 'frida');
    const login = (pass: string) => ask(people.url, 'tokenById', { user_id: frida.uid, password: pass });
    for (let i = 0; i < 10; i++) expect((await login('wrong-password-1')).code).toBe(402);
    expect((await login('wrong-password-1')).code).toBe(10028);
    expect((await login(password)).code).toBe(10028);
    clock.advance(60_000);
    expect((await login(password)).code).toBe(200);
  });

  it('goes on for the owner elsewhere while somebody guesses', async () => {
    const behindProxy = await startPeople({ trustProxy: true }, { clock });
    const login = (from: string, pass: string) =>
      ask(behindProxy.url, 'tokenByName', { name: 'alice', password: pass }, { headers: { 'x-forwarded-for': from } });
    for (let i = 0; i < 20; i++) await login('192.0.2.1', 'wrong-password-1');
    expect((await login('192.0.2.1', password)).code).toBe(10028);
    expect((await login('192.0.2.2', password)).code).toBe(200);
    await behindProxy.close();
  });

  it('does not count logins that succeed', async () => {
    for (let i = 0; i < 25; i++) {
      expect((await ask(people.url, 'tokenByName', { name: 'bob', password })).code).toBe(200);
    }
  });

  it('lets only so many try from one address each minute', async () => {
    const strict = await startPeople({ loginsPerMin: 8 }, { clock });
    try {
      // Three registrations and three logins have been made.
      const login = () => ask(strict.url, 'tokenByName', { name: 'alice', password });
      expect([(await login()).code, (await login()).code, (await login()).code]).toEqual([200, 200, 10028]);
      expect((await ask(strict.url, 'userRegister', { username: 'zoe', password })).code).toBe(10028);
      const change = { old_password: password, new_password: password };
      expect((await strict.as(strict.alice, 'userChangePassword', change)).code).toBe(10028);
      expect((await strict.as(strict.alice, 'userDelete', { password })).code).toBe(10028);
      clock.advance(7_500);
      expect((await login()).code).toBe(200);
    } finally {
      await strict.close();
    }
  });

  it('counts the addresses that a trusted proxy tells, and none that a client makes up', async () => {
    const tries = async (trustProxy: boolean) => {
      const strict = await startPeople({ loginsPerMin: 6, trustProxy }, { clock });
      const codes: number[] = [];
      for (const address of ['192.0.2.1', '192.0.2.2, 192.0.2.1', '192.0.2.2']) {
        const headers = { 'x-forwarded-for': address };
        for (let i = 0; i < 5; i++) {
          codes.push((await ask(strict.url, 'tokenByName', { name: 'alice', password }, { headers })).code);
        }
      }
      await strict.close();
      return codes.filter((code) => code === 200).length;
    };
    expect(await tries(true)).toBe(6 + 5);
    expect(await tries(false)).toBe(0);
  });

  it('keeps no more than a thousand tokens for one user', async () => {
    const gina = await join(people.url, 'gina');
    const { tokens } = people.server.context;
    const grants = [];
    for (let i = 0; i < 1000; i++) {
      clock.advance(1);
      grants.push(await tokens.issue(gina.uid, ''));
    }
    expect((await ask(people.url, 'userProfile', {}, { token: gina.token })).code).toBe(402);
    expect((await ask(people.url, 'userProfile', {}, { token: grants[0]?.token })).code).toBe(200);
  });

  it('keeps no password and no token as it is', async () => {
    const { reader } = people.server.context;
    const hashes = reader.all('SELECT password_hash FROM user').map((row) => String(row['password_hash']));
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const tokens = reader.all('SELECT hash FROM token');
    for (const row of tokens) expect((row['hash'] as Uint8Array).length).toBe(32);
  });

  it('ends a token after its thirty days', async () => {
    expect((await ask(people.url, 'userProfile', {}, { token: people.alice.token })).code).toBe(200);
    clock.advance(limits.tokenTtlMs);
    expect((await ask(people.url, 'userProfile', {}, { token: people.alice.token })).code).toBe(402);
  });
});
