import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetNumbers, type Mobiles, newNumber, startMobiles, wrong } from './support/mobiles.ts';
import { addApp, join, type Person } from './support/rest.ts';

let people: Mobiles;
let mobile = '';
beforeAll(async () => {
  people = await startMobiles();
});
beforeEach(() => {
  forgetNumbers(people);
  mobile = newNumber();
});
afterAll(() => people.close());

const verify = async (person: Person, to = mobile, appId = 'flooim') => {
  const captcha = await people.codeFor(to, appId);
  return (await people.as(person, 'userVerificationByMobile', { mobile: to, captcha }, { appId })).code;
};
const statusOf = (person: Person) => people.ok(person, 'userVerification');
const letsIn = async (to: string) =>
  (await people.from('mobileLogin', { captcha: await people.codeFor(to), mobile: to })).data;

describe('a user is verified', () => {
  it('by a code to a number', async () => {
    expect(await statusOf(people.alice)).toEqual({ status: 0, mobile: '' });
    expect(await verify(people.alice)).toBe(200);
    expect(await statusOf(people.alice)).toEqual({ status: 1, mobile });
    expect(await statusOf(people.bob)).toEqual({ status: 0, mobile: '' });
  });

  it('by no wrong code', async () => {
    const captcha = wrong(await people.codeFor(mobile));
    const answer = await people.as(people.alice, 'userVerificationByMobile', { mobile, captcha });
    expect([answer.code, (await statusOf(people.alice)).status]).toEqual([10001, 0]);
  });

  it('by the number that is bound to him', async () => {
    await people.ok(people.alice, 'mobileBind', { mobile, captcha: await people.codeFor(mobile) });
    expect(await statusOf(people.alice)).toEqual({ status: 1, mobile });
  });

  it('by no number that he only says is his', async () => {
    await people.ok(people.alice, 'mobileUpdate', { mobile });
    expect(await statusOf(people.alice)).toEqual({ status: 0, mobile: '' });
  });

  it('and the number lets nobody in by that, not even him', async () => {
    await verify(people.alice);
    expect(Object.keys(await letsIn(mobile))).toEqual(['sign']);
    expect((await people.ok(people.alice, 'userProfile')).mobile).toBeUndefined();
  });

  it('until he says that he has another number', async () => {
    await verify(people.alice);
    await people.ok(people.alice, 'userMobile', { mobile: newNumber() });
    expect((await statusOf(people.alice)).status).toBe(0);
  });
});

it('One number verifies a few accounts of an app, however it is written, and as many of another', async () => {
  await addApp(people.server, 'other');
  const local = '13912345678';
  const guests = [];
  for (let i = 0; i < limits.accountsPerMobile; i++) guests.push(await join(people.url, `guest_${i}`));
  for (const [i, guest] of guests.entries()) expect(await verify(guest, i % 2 ? local : `+86${local}`)).toBe(200);
  people.clock.advance(24 * 3600_000);
  expect(await verify(people.alice, local)).toBe(11031);
  expect(await verify(guests[0] as Person, local)).toBe(200);
  const dora = await join(people.url, 'dora', 'phone', 'other');
  expect(await verify(dora, local, 'other')).toBe(200);
});

it('A server that sends no messages refuses whatever needs one with 404, which hides it in clients', async () => {
  const without = await startMobiles({ smsUrl: '', smsSecret: '' });
  try {
    const { alice } = without;
    const code = { captcha: '123456', mobile };
    const answers = [
      await without.from('smsCode', { mobile }),
      await without.from('smsCodeForPicture', { ...code, image_id: 'x' }),
      await without.from('mobileLogin', code),
      await without.as(alice, 'mobileBind', code),
      await without.as(alice, 'mobileBindWithSign', { sign: 'x', mobile }),
      await without.as(alice, 'mobilePrechangeByPassword', { password: 'x' }),
      await without.as(alice, 'mobilePrechangeByMobile', code),
      await without.as(alice, 'mobileChange', { ...code, sign: 'x' }),
      await without.as(alice, 'userVerification'),
      await without.as(alice, 'userVerificationByMobile', code),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.code]).toEqual([200, 404]);
      expect(answer.message).toBe('not available on this server: text messages');
    }
    await without.ok(alice, 'mobileUpdate', { mobile });
    expect((await without.ok(alice, 'userProfile')).mobile).toBe(mobile);
  } finally {
    await without.close();
  }
});
