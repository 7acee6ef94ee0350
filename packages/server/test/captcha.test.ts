import { limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mobiles, startMobiles } from './support/mobiles.ts';
import { readCaptcha } from './support/read-captcha.ts';
import { addApp, ask, read } from './support/rest.ts';

const mobile = '+4915112345678';

let people: Mobiles;
beforeEach(async () => {
  people = await startMobiles();
});
afterEach(() => people.close());

const show = async (appId = 'flooim'): Promise<string> =>
  (await people.from('captchaCreate', {}, undefined, { appId })).data;
/** As a page opens it: everything is in the query, and there are no headers. */
const open = (image_id: string, appId = 'flooim') =>
  fetch(`${people.url}/app/captcha/image?image_id=${encodeURIComponent(image_id)}&app_id=${appId}`);
const textOf = async (image_id: string) => readCaptcha(await (await open(image_id)).text());
const send = (image_id: string, captcha: string, to = mobile, appId = 'flooim') =>
  people.from('smsCodeForPicture', { image_id, captcha, mobile: to }, undefined, { appId });

describe('a picture', () => {
  it('has a random id, and opens without any header as an SVG that nobody keeps and that runs nothing', async () => {
    const [id, other] = [await show(), await show()];
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(id).not.toBe(other);
    const response = await open(id);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/default-src 'none';.*sandbox/),
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(response.headers.has('set-cookie')).toBe(false);
    const svg = await response.text();
    expect(svg).toMatch(/^<svg [^>]*width="150" height="50"/);
    expect(svg).not.toContain('<text');
  });

  it('can be loaded again, a few times, and says the same', async () => {
    const id = await show();
    const said = await textOf(id);
    expect(said).toMatch(/^[A-Z2-9]{4}$/);
    for (let i = 0; i < 4; i++) expect(await textOf(id)).toBe(said);
    expect((await open(id)).status).toBe(429);
    expect((await send(id, said)).code).toBe(200);
  });

  it('that is not there is refused with a status, as a page expects', async () => {
    await addApp(people.server, 'other');
    const foreign = await show('other');
    for (const id of ['x', foreign, '__proto__', '../secret.json', 'A'.repeat(64)]) {
      const answer = await read(await open(id));
      expect([answer.status, answer.code], id).toEqual([404, 11014]);
      expect(answer.headers.get('content-type')).toContain('application/json');
    }
    expect((await open(await show(), 'nobody')).status).toBe(403);
    expect((await fetch(`${people.url}/app/captcha/image?app_id=flooim`)).status).toBe(400);
  });

  it('ends a little more than three minutes after it was made', async () => {
    const [kept, left] = [await show(), await show()];
    people.clock.advance(180_000);
    expect((await send(kept, await textOf(kept))).code).toBe(200);
    const said = await textOf(left);
    people.clock.advance(limits.captchaTtlMs - 180_000);
    expect((await open(left)).status).toBe(404);
    expect((await send(left, said)).code).toBe(11014);
  });

  it('is made so many times a minute for one address, and another one still gets his', async () => {
    const strict = await startMobiles({ loginsPerMin: 10 });
    try {
      const codes = [];
      for (let i = 0; i < 12; i++) codes.push((await strict.from('captchaCreate', {}, '10.9.9.9')).code);
      expect(codes).toEqual([...Array(10).fill(200), 10028, 10028]);
      expect((await strict.from('captchaCreate', {}, '10.9.9.8')).code).toBe(200);
    } finally {
      await strict.close();
    }
  });
});

describe('what was read in a picture', () => {
  it('has a message sent, once, in whichever case it is written', async () => {
    const id = await show();
    const said = await textOf(id);
    expect(await send(id, ` ${said.toLowerCase()} `)).toMatchObject({ code: 200, data: true });
    expect(people.gateway.handed).toHaveLength(1);
    people.clock.advance(60_000);
    expect((await send(id, said)).code).toBe(11014);
    expect(people.gateway.handed).toHaveLength(1);
  });

  it('wrongly sends nothing and uses the picture up', async () => {
    const id = await show();
    const said = await textOf(id);
    const answer = await send(id, said === 'AAAA' ? 'BBBB' : 'AAAA');
    expect([answer.code, answer.message]).toEqual([11014, 'the answer to the picture is wrong or too old']);
    expect((await send(id, said)).code).toBe(11014);
    expect((await open(id)).status).toBe(404);
    expect(people.gateway.handed).toEqual([]);
  });

  it('counts once for many who say it at the same time', async () => {
    const id = await show();
    const said = await textOf(id);
    const numbers = Array.from({ length: 6 }, (_, i) => `+491511234560${i}`);
    const answers = await Promise.all(numbers.map((number) => send(id, said, number)));
    expect(answers.filter(({ code }) => code === 200)).toHaveLength(1);
    expect(people.gateway.handed).toHaveLength(1);
  });

  it('is worth nothing in another app, and is not used up by what is no number', async () => {
    await addApp(people.server, 'other');
    const id = await show();
    const said = await textOf(id);
    expect((await send(id, said, mobile, 'other')).code).toBe(11014);
    expect((await send(id, said, '12345')).message).toContain('mobile');
    expect((await send(id, said)).code).toBe(200);
  });

  it('is asked for by deployed clients in the query, by GET', async () => {
    const id = await show();
    const said = await textOf(id);
    const query = new URLSearchParams({ captcha: said, image_id: id, mobile });
    const response = await fetch(`${people.url}/app/captcha/sms_web?${query}`, { headers: { app_id: 'flooim' } });
    expect(await response.json()).toEqual({ code: 200, data: true });
  });
});

it('A server that sends no messages has pictures, and says that it sends none', async () => {
  const without = await startMobiles({ smsUrl: '', smsSecret: '' });
  try {
    const id = (await ask(without.url, 'captchaCreate', {})).data;
    const answer = await ask(without.url, 'smsCodeForPicture', { captcha: 'AAAA', image_id: id, mobile });
    expect([answer.status, answer.code]).toEqual([200, 404]);
  } finally {
    await without.close();
  }
});
