import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Mobiles, newNumber, startMobiles, wrong } from './support/mobiles.ts';
import { readCaptcha } from './support/read-captcha.ts';
import { addApp } from './support/rest.ts';

const hourMs = 3600_000;

let people: Mobiles;
let mobile = '';
beforeAll(async () => {
  people = await startMobiles({ smsPerHour: 80 });
});
beforeEach(() => {
  // Whatever the test before took is there again.
  people.clock.advance(2 * hourMs);
  mobile = newNumber();
});
afterAll(() => people.close());

const send = async (to = mobile, address?: string, appId = 'flooim') =>
  (await people.from('smsCode', { mobile: to }, address, { appId })).code;
const sendForPicture = async (to: string, address?: string) => {
  const image_id = (await people.from('captchaCreate', {})).data;
  const svg = await (await fetch(`${people.url}/app/captcha/image?app_id=flooim&image_id=${image_id}`)).text();
  return (await people.from('smsCodeForPicture', { image_id, captcha: readCaptcha(svg), mobile: to }, address)).code;
};
const granted = (codes: number[]) => codes.filter((code) => code === 200).length;
/** As often as asked; the codes of the answers. */
const often = async (times: number, ask: (i: number) => Promise<number>) => {
  const codes: number[] = [];
  for (let i = 0; i < times; i++) codes.push(await ask(i));
  return codes;
};

describe('a number', () => {
  it('gets one message a minute, whoever asks and however it is written', async () => {
    expect(await send('13800138000')).toBe(200);
    people.clock.advance(59_999);
    expect(await send('13800138000')).toBe(10028);
    expect(await send('+8613800138000')).toBe(10028);
    expect(await sendForPicture('13800138000')).toBe(10028);
    people.clock.advance(1);
    expect(await send('+8613800138000')).toBe(200);
    expect(people.gateway.handed.filter((message) => message.mobile.endsWith('13800138000'))).toHaveLength(2);
  });

  it('gets ten messages in a day at most', async () => {
    const codes = await often(240, async () => {
      people.clock.advance(6 * 60_000);
      return send();
    });
    expect(granted(codes)).toBeLessThanOrEqual(10);
    expect(granted(codes)).toBeGreaterThanOrEqual(8);
    people.clock.advance(24 * hourMs);
    expect(await send()).toBe(200);
  });
});

describe('an address', () => {
  it('has six messages an hour sent without a picture at most, an IPv6 network as one', async () => {
    const codes = await often(60, (i) => {
      people.clock.advance(60_000);
      return send(newNumber(), `2001:db8:1:2::${(i + 1).toString(16)}`);
    });
    expect(granted(codes)).toBeLessThanOrEqual(6);
    expect(granted(codes)).toBeGreaterThanOrEqual(5);
    expect(await send(newNumber(), '2001:db8:1:3::1')).toBe(200);
  });

  it('has more of them for pictures, and those without take nothing from these', async () => {
    await often(6, () => send(newNumber(), '10.7.7.7'));
    const codes = await often(14, () => sendForPicture(newNumber(), '10.7.7.7'));
    expect(codes).toEqual([...Array(10).fill(200), ...Array(4).fill(10028)]);
  });

  it('has as many as the operator says', async () => {
    const crowded = await startMobiles({ smsPerAddress: 40 });
    try {
      const plain = () => crowded.from('smsCode', { mobile: newNumber() }, '10.9.9.9');
      expect(granted(await often(8, async () => (await plain()).code))).toBe(6);
    } finally {
      await crowded.close();
    }
  });

  it('may guess ten codes a minute, of however many numbers', async () => {
    const captcha = wrong(await people.codeFor(mobile));
    const guess = async (to: string, address: string) =>
      (await people.from('mobileLogin', { mobile: to, captcha }, address)).code;
    expect(await guess(mobile, '10.8.8.8')).toBe(10001);
    const others = await often(11, () => guess(newNumber(), '10.8.8.8'));
    expect(others).toEqual([...Array(9).fill(10001), 10028, 10028]);
    expect(await guess(mobile, '10.8.8.9')).toBe(10001);
    people.clock.advance(60_000);
    expect(await guess(mobile, '10.8.8.8')).toBe(10001);
  });

  it('may use as many right codes as it gets', async () => {
    for (let i = 0; i < 11; i++) {
      const number = newNumber();
      const captcha = await people.codeFor(number);
      expect((await people.from('mobileLogin', { mobile: number, captcha }, '10.8.8.7')).code).toBe(200);
    }
  });
});

describe('an app', () => {
  it('has a quarter of its messages for those who ask without a picture, who take nothing from the others', async () => {
    const codes = await often(30, () => send(newNumber()));
    expect(granted(codes)).toBe(10);
    expect(await sendForPicture(newNumber())).toBe(200);
    people.clock.advance(hourMs);
    expect(await send(newNumber())).toBe(200);
  });

  it('takes nothing from another app', async () => {
    await addApp(people.server, 'other');
    await often(12, () => send(newNumber()));
    expect(await send(newNumber())).toBe(10028);
    expect(await send(newNumber(), undefined, 'other')).toBe(200);
  });

  it('has so many messages an hour in all', async () => {
    const codes = await often(40, () => sendForPicture(newNumber()));
    expect(granted(codes)).toBe(30);
  });
});

it('A message that is refused counts for nobody', async () => {
  await send(mobile);
  expect(await often(20, () => send(mobile, '10.6.6.6'))).toEqual(Array(20).fill(10028));
  expect(await often(3, () => send(newNumber(), '10.6.6.6'))).toEqual([200, 200, 200]);
});
