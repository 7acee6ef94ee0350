import { decodeUserNotice, limits, Namespace, type SyncDL, UserNoticeType } from '@flooim/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetNumbers, type Mobiles, newNumber, startMobiles, wrong } from './support/mobiles.ts';
import { Phone } from './support/phone.ts';
import { ask, type Person, password } from './support/rest.ts';

let people: Mobiles;
let mobile = '';
let other = '';
beforeAll(async () => {
  people = await startMobiles();
});
beforeEach(() => {
  forgetNumbers(people);
  mobile = newNumber();
  other = newNumber();
});
afterAll(() => people.close());

const bindBy = (person: Person, to: string, captcha: string) =>
  people.as(person, 'mobileBind', { mobile: to, captcha });
const bind = async (person: Person, to = mobile) => (await bindBy(person, to, await people.codeFor(to))).code;
const signFor = async (to = mobile) =>
  (await people.from('mobileLogin', { captcha: await people.codeFor(to), mobile: to })).data.sign as string;
const letsIn = async (to: string) =>
  (await people.from('mobileLogin', { captcha: await people.codeFor(to), mobile: to })).data.username;
const numberOf = async (person: Person) => (await people.ok(person, 'userProfile')).mobile;

const tellsOfChange = ({ metas: [meta] }: SyncDL) =>
  meta?.ns === Namespace.USER_NOTICE && decodeUserNotice(meta.payload).type === UserNoticeType.INFO_UPDATED;

describe('a number is bound', () => {
  it('by its code, to the account of the token', async () => {
    expect(await bind(people.alice)).toBe(200);
    expect([await numberOf(people.alice), await letsIn(mobile)]).toEqual([mobile, 'alice']);
    const byNumber = await people.from('tokenByName', { mobile, password });
    expect(byNumber.data.user_id).toBe(people.alice.uid);
  });

  it('by nothing but its code', async () => {
    const code = await people.codeFor(mobile);
    expect((await bindBy(people.alice, mobile, wrong(code))).code).toBe(10001);
    expect((await bindBy(people.alice, other, code)).code).toBe(10001);
    expect((await people.from('mobileBind', { mobile, captcha: code })).code).toBe(10003);
    expect(await numberOf(people.alice)).toBeUndefined();
  });

  it('to one account of an app', async () => {
    await bind(people.alice);
    expect(await bind(people.bob)).toBe(11012);
    expect((await people.as(people.bob, 'userMobile', { mobile })).code).toBe(11012);
    expect((await people.as(people.bob, 'mobileUpdate', { mobile })).code).toBe(11012);
    expect([await bind(people.alice), await letsIn(mobile)]).toEqual([200, 'alice']);
  });

  it('to one account, however it is written', async () => {
    await bind(people.alice, '13800138000');
    expect(await bind(people.bob, '+8613800138000')).toBe(11012);
    expect((await people.as(people.bob, 'userMobile', { mobile: '+8613800138000' })).code).toBe(11012);
  });

  it('to one of two who have the same code at the same time', async () => {
    const code = await people.codeFor(mobile);
    const answers = await Promise.all([bindBy(people.alice, mobile, code), bindBy(people.bob, mobile, code)]);
    expect(answers.map((answer) => answer.code).sort((a, b) => a - b)).toEqual([200, 10001]);
  });

  it('away from who only said that it is his, and he hears of it', async () => {
    const { bob, url } = people;
    await people.ok(bob, 'mobileUpdate', { mobile });
    expect(await numberOf(bob)).toBe(mobile);
    const phone = await Phone.connect(url, { uid: bob.uid, token: bob.token, guid: 'bob-phone' });
    expect(await bind(people.alice)).toBe(200);
    await phone.pushedWhere(tellsOfChange, 'that the profile has changed');
    phone.raw.terminate();
    expect([await numberOf(people.bob), await letsIn(mobile)]).toEqual([undefined, 'alice']);
  });

  it('in the place of one that he only said is his, and of no other', async () => {
    await people.ok(people.alice, 'userMobile', { mobile: other });
    expect(await bind(people.alice)).toBe(200);
    expect(await bind(people.alice, other)).toBe(10010);
    expect([await numberOf(people.alice), await letsIn(mobile)]).toEqual([mobile, 'alice']);
  });

  it('so that a stolen token alone puts no other number in its place', async () => {
    await bind(people.alice);
    for (const name of ['userMobile', 'mobileUpdate'] as const) {
      const said = await people.as(people.alice, name, { mobile: other });
      expect([said.code, said.message]).toEqual([10010, expect.stringContaining('has to be changed by a code')]);
    }
    expect((await people.as(people.alice, 'userMobile', { mobile: '' })).code).toBe(10010);
    expect(await bind(people.alice, other)).toBe(10010);
    expect([await letsIn(mobile), await letsIn(other)]).toEqual(['alice', undefined]);
  });

  it('and stays so when its user says it again, however he writes it', async () => {
    await bind(people.alice, '13800138000');
    for (const mobile of ['13800138000', '+8613800138000']) await people.ok(people.alice, 'userMobile', { mobile });
    expect((await people.ok(people.alice, 'userVerification')).status).toBe(1);
    expect(await letsIn('13800138000')).toBe('alice');
  });

  it('until an administrator says that its user has another one, or none', async () => {
    const token = await people.server.context.adminTokens.create('flooim');
    const asAlice = { token, headers: { user_id: String(people.alice.uid) } };
    for (const said of [other, '']) {
      await people.ok(people.alice, 'userMobile', { mobile: '' });
      expect(await bind(people.alice)).toBe(200);
      expect((await ask(people.url, 'userMobile', { mobile: said }, asAlice)).code).toBe(200);
      expect(await people.ok(people.alice, 'userVerification')).toEqual({ status: 0, mobile: '' });
      for (const each of [mobile, other]) expect(await letsIn(each)).toBeUndefined();
    }
    expect(await bind(people.bob)).toBe(200);
  });
});

describe('a sign', () => {
  const bindWith = (person: Person, sign: string, to = mobile) =>
    people.as(person, 'mobileBindWithSign', { sign, mobile: to });

  it('binds its number once, to the account of the token', async () => {
    const sign = await signFor();
    expect((await bindWith(people.bob, sign)).code).toBe(200);
    expect(await letsIn(mobile)).toBe('bob');
    expect((await bindWith(people.bob, sign)).message).toContain('sign');
  });

  it('is worth nothing without a token: who else would say which account it is for?', async () => {
    const sign = await signFor();
    const answer = await people.from('mobileBindWithSign', { sign, mobile });
    expect([answer.code, answer.message]).toEqual([10003, 'access-token is missing']);
    expect((await bindWith(people.alice, sign)).code).toBe(200);
  });

  it('is for its number, and does not survive a quarter of an hour', async () => {
    const sign = await signFor();
    expect((await bindWith(people.alice, sign, other)).code).toBe(10002);
    people.clock.advance(limits.mobileSignTtlMs);
    expect((await bindWith(people.alice, sign)).code).toBe(10002);
    for (const made_up of ['x', `s${'A'.repeat(43)}`, '__proto__']) {
      expect((await bindWith(people.alice, made_up)).code).toBe(10002);
    }
  });

  it('binds no number that somebody else has bound meanwhile', async () => {
    const sign = await signFor();
    await bind(people.alice);
    expect((await bindWith(people.bob, sign)).code).toBe(11012);
  });
});

describe('a number is changed', () => {
  const change = (person: Person, sign: string, captcha: string, to = other) =>
    people.as(person, 'mobileChange', { sign, captcha, mobile: to });
  const byPassword = (person: Person, pass = password) =>
    people.as(person, 'mobilePrechangeByPassword', { password: pass });
  const byMobile = (person: Person, captcha: string, to = mobile) =>
    people.as(person, 'mobilePrechangeByMobile', { captcha, mobile: to });

  it('with the password and a code to the new one', async () => {
    await bind(people.alice);
    expect((await byPassword(people.alice, 'wrong-horse-2')).code).toBe(11001);
    const { sign } = (await byPassword(people.alice)).data;
    expect((await change(people.alice, sign, await people.codeFor(other))).code).toBe(200);
    expect([await letsIn(other), await letsIn(mobile)]).toEqual(['alice', undefined]);
    expect(await people.ok(people.alice, 'userVerification')).toEqual({ status: 1, mobile: other });
  });

  it('with a code to the old one and a code to the new one', async () => {
    await bind(people.alice);
    const { sign } = (await byMobile(people.alice, await people.codeFor(mobile))).data;
    const code = await people.codeFor(other);
    expect((await change(people.alice, sign, wrong(code))).code).toBe(10001);
    expect((await change(people.alice, sign, code)).code).toBe(200);
    expect((await change(people.alice, sign, await people.codeFor(mobile), mobile)).code).toBe(10002);
    expect(await letsIn(other)).toBe('alice');
  });

  it('not by a code to a number that is somebody else’s, or that he only said is his', async () => {
    await bind(people.alice);
    expect((await byMobile(people.bob, await people.codeFor(mobile))).code).toBe(10010);
    await people.ok(people.bob, 'userMobile', { mobile: other });
    expect((await byMobile(people.bob, await people.codeFor(other), other)).code).toBe(10010);
  });

  it('to none that is bound to another, and by no sign that is another’s', async () => {
    await bind(people.alice);
    await bind(people.bob, other);
    const { sign } = (await byPassword(people.alice)).data;
    expect((await change(people.bob, sign, '123456', mobile)).code).toBe(10002);
    expect((await change(people.alice, await signFor(newNumber()), '123456')).code).toBe(10002);
    expect((await change(people.alice, sign, await people.codeFor(other))).code).toBe(11012);
    expect([await letsIn(mobile), await letsIn(other)]).toEqual(['alice', 'bob']);
  });

  it('within limits of guessing the password', async () => {
    for (let i = 0; i < 10; i++) expect((await byPassword(people.carol, `wrong-horse-${i}`)).code).toBe(11001);
    expect((await byPassword(people.carol)).code).toBe(10028);
  });
});
