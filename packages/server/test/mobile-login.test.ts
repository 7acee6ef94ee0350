import { limits } from '@flooim/protocol';
import { startServer } from '@flooim/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetNumbers, type Mobiles, newNumber, startMobiles, wrong } from './support/mobiles.ts';
import { addApp, ask, changeDatabase, join, newFolder, password } from './support/rest.ts';

let people: Mobiles;
let mobile = '';
beforeAll(async () => {
  people = await startMobiles();
  await addApp(people.server, 'other');
});
beforeEach(() => {
  forgetNumbers(people);
  mobile = newNumber();
});
afterAll(() => people.close());

const logIn = (captcha: string, to = mobile, appId = 'flooim') =>
  people.from('mobileLogin', { captcha, mobile: to }, undefined, { appId });
const bind = async (person = people.alice, to = mobile) =>
  people.ok(person, 'mobileBind', { mobile: to, captcha: await people.codeFor(to) });
const byName = (name: string, pass: string) => ask(people.url, 'tokenByName', { name, password: pass });

describe('the code of a text message', () => {
  it('lets in to whom the number belongs: a name, and a password for one login', async () => {
    await bind();
    const { data } = await logIn(await people.codeFor(mobile));
    expect(data).toEqual({ username: 'alice', password: expect.stringMatching(/^p[\w-]{43}$/) });
    expect((await byName('alice', data.password)).data.user_id).toBe(people.alice.uid);
    expect((await byName('alice', data.password)).code).toBe(402);
    expect((await byName('alice', password)).code).toBe(200);
  });

  it('gives a sign for a number that is nobody’s, and nothing else', async () => {
    const { data } = await logIn(await people.codeFor(mobile));
    expect(data).toEqual({ sign: expect.stringMatching(/^s[\w-]{43}$/) });
  });

  it('has six digits, works once, and only the newest works', async () => {
    const first = await people.codeFor(mobile);
    const second = await people.codeFor(mobile);
    for (const code of [first, second]) expect(code).toMatch(/^\d{6}$/);
    if (first !== second) expect((await logIn(first)).code).toBe(10001);
    expect((await logIn(second)).code).toBe(200);
    expect((await logIn(second)).code).toBe(10001);
  });

  it('works for five minutes', async () => {
    const code = await people.codeFor(mobile);
    people.clock.advance(limits.smsCodeTtlMs - 1);
    expect((await logIn(code)).code).toBe(200);
    const late = await people.codeFor(mobile);
    people.clock.advance(limits.smsCodeTtlMs);
    const answer = await logIn(late);
    expect([answer.code, answer.message]).toEqual([10001, 'the code of the text message is wrong or too old']);
  });

  it('can be tried five times, from wherever', async () => {
    const code = await people.codeFor(mobile);
    for (let i = 0; i < 4; i++) expect((await logIn(wrong(code))).code).toBe(10001);
    expect((await logIn(code)).code).toBe(200);
    const next = await people.codeFor(mobile);
    for (let i = 0; i < 5; i++) expect((await logIn(wrong(next))).code).toBe(10001);
    expect((await logIn(next)).code).toBe(10028);
    expect((await logIn(await people.codeFor(mobile))).code).toBe(200);
  });

  it('lets one of many in who use it at the same time', async () => {
    const code = await people.codeFor(mobile);
    const answers = await Promise.all(Array.from({ length: 4 }, () => logIn(code)));
    expect(answers.filter((answer) => answer.code === 200)).toHaveLength(1);
  });

  it('is for its number and its app alone', async () => {
    const code = await people.codeFor(mobile);
    expect((await logIn(code, newNumber())).code).toBe(10001);
    expect((await logIn(code, mobile, 'other')).code).toBe(10001);
    expect((await logIn(code)).code).toBe(200);
  });
});

describe('the password that a number gives', () => {
  const granted = async () => (await logIn(await people.codeFor(mobile))).data.password as string;

  it('ends after two minutes, and with the number', async () => {
    await bind();
    const late = await granted();
    people.clock.advance(limits.loginCodeTtlMs);
    expect((await byName('alice', late)).code).toBe(402);
    const pass = await granted();
    const { sign } = await people.ok(people.alice, 'mobilePrechangeByPassword', { password });
    const next = newNumber();
    // Within the two minutes.
    await people.ok(people.alice, 'mobileChange', { sign, mobile: next, captcha: await people.codeFor(next) });
    expect((await byName('alice', pass)).code).toBe(402);
  });

  it('is for its user alone, and no password for anything else', async () => {
    await bind();
    const pass = await granted();
    expect((await byName('bob', pass)).code).toBe(402);
    expect((await people.as(people.alice, 'userDelete', { password: pass })).code).toBe(11001);
    expect((await byName('alice', pass)).code).toBe(200);
  });

  it('is not given to who is disabled, and of no use to who is disabled meanwhile', async () => {
    await bind();
    const pass = await granted();
    changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${people.alice.uid}`);
    expect((await byName('alice', pass)).code).toBe(10010);
    const refused = await logIn(await people.codeFor(mobile));
    expect([refused.code, refused.data]).toEqual([10010, undefined]);
  });
});

describe('a number', () => {
  it('that a user only says is his lets nobody in', async () => {
    await people.ok(people.alice, 'userMobile', { mobile });
    expect(Object.keys((await logIn(await people.codeFor(mobile))).data)).toEqual(['sign']);
  });

  it('is the same with and without the country code of the mainland', async () => {
    await bind(people.alice, '13800138000');
    const abroad = await people.codeFor('+8613800138000');
    expect((await logIn(abroad, '13800138000')).data.username).toBe('alice');
    for (const written of ['13800138000', '+8613800138000']) {
      expect((await people.from('tokenByName', { mobile: written, password })).data.user_id).toBe(people.alice.uid);
      expect((await people.from('tokenByLogin', { login_name: written, password })).code).toBe(200);
    }
  });

  it('of who deleted his account lets nobody in, and is free', async () => {
    const dora = await join(people.url, 'dora');
    await bind(dora);
    await people.ok(dora, 'userDelete', { password });
    expect(Object.keys((await logIn(await people.codeFor(mobile))).data)).toEqual(['sign']);
    await bind(people.bob);
    expect((await logIn(await people.codeFor(mobile))).data.username).toBe('bob');
  });

  it('is another’s in another app', async () => {
    const dora = await join(people.url, 'dora', 'phone', 'other');
    await bind();
    const captcha = await people.codeFor(mobile, 'other');
    expect((await people.as(dora, 'mobileBind', { mobile, captcha }, { appId: 'other' })).code).toBe(200);
    expect((await logIn(await people.codeFor(mobile, 'other'), mobile, 'other')).data.username).toBe('dora');
    expect((await logIn(await people.codeFor(mobile))).data.username).toBe('alice');
  });

  it.each(['12345', '+123', 'abc', '15412345678', '+0123456789', `+1${'2'.repeat(15)}`, '+49 151 1234567', "' OR 1=1"])(
    'cannot be %s',
    async (given) => {
      for (const name of ['smsCode', 'mobileLogin'] as const) {
        const answer = await people.from(name, { mobile: given, captcha: '123456' });
        expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('mobile')]);
      }
      expect(people.gateway.handed.map((message) => message.mobile)).not.toContain(given);
    },
  );

  it('keeps its plus where a client did not escape it', async () => {
    const asked = await fetch(`${people.url}/app/captcha/sms?mobile=${mobile}`, { headers: { app_id: 'flooim' } });
    expect(await asked.json()).toEqual({ code: 200, data: true });
    expect(people.gateway.handed.at(-1)?.mobile).toBe(mobile);
    const headers = { app_id: 'flooim', 'access-token': people.alice.token };
    const said = await fetch(`${people.url}/user/mobile?mobile=${mobile}`, { method: 'POST', headers });
    expect(await said.json()).toEqual({ code: 200, data: true });
    expect((await people.ok(people.alice, 'userProfile')).mobile).toBe(mobile);
  });
});

it('After a restart numbers let in whom they did, and codes and signs from before are none', async () => {
  const data = newFolder();
  const { gateway, clock } = people;
  const settings = { data, smsUrl: gateway.url, smsSecret: gateway.secret };
  const codeOf = async (url: string, to: string) => {
    clock.advance(60_000);
    expect((await ask(url, 'smsCode', { mobile: to })).code).toBe(200);
    return gateway.code(to);
  };
  let server = await startServer(settings, { clock });
  const { token } = await join(server.url, 'alice');
  const captcha = await codeOf(server.url, mobile);
  expect((await ask(server.url, 'mobileBind', { mobile, captcha }, { token })).code).toBe(200);
  const sign = (await ask(server.url, 'mobilePrechangeByPassword', { password }, { token })).data.sign;
  const old = await codeOf(server.url, mobile);
  await server.close();

  server = await startServer(settings, { clock });
  const { url } = server;
  expect((await ask(url, 'mobileLogin', { captcha: old, mobile })).code).toBe(10001);
  expect((await ask(url, 'mobileChange', { captcha: old, mobile, sign }, { token })).code).toBe(10002);
  const answer = await ask(url, 'mobileLogin', { captcha: await codeOf(url, mobile), mobile });
  expect(answer.data.username).toBe('alice');
  await server.close();
});
