import { startServer } from '@flooim/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { SmsWebhook } from '../src/mobile/sms-webhook.ts';
import { type Mobiles, newNumber, startMobiles } from './support/mobiles.ts';
import { ask } from './support/rest.ts';
import { SmsGateway } from './support/sms-gateway.ts';

const lines: string[] = [];
let people: Mobiles;
let mobile = '';
beforeAll(async () => {
  people = await startMobiles({}, { log: createLog('debug', { write: (line) => lines.push(line) }) });
});
beforeEach(() => {
  mobile = newNumber();
  people.clock.advance(3600_000);
  people.gateway.answer = (response) => response.end();
});
afterAll(() => people.close());

describe('the gateway of the operator', () => {
  it('gets a message as the documents say, signed', async () => {
    expect((await people.from('smsCode', { mobile })).code).toBe(200);
    const handed = people.gateway.handed.at(-1);
    if (!handed) return expect.fail('nothing came');
    const { code, text } = handed;
    expect(JSON.parse(handed.body)).toEqual({ app_id: 'flooim', mobile, code, text });
    expect(text).toContain(code);
    expect([handed.method, handed.path]).toEqual(['POST', '/send?key=of-the-gateway']);
    expect(handed.headers).toMatchObject({
      'content-type': 'application/json',
      'x-flooim-time': String(people.clock()),
      'x-flooim-signature': people.gateway.signatureOf(handed),
    });
  });

  it.each([300, 302, 307, 400, 401, 429, 500, 503])('that answers %i sent nothing', async (status) => {
    people.gateway.answer = (response) => response.writeHead(status, { location: '/elsewhere' }).end('no');
    const before = people.gateway.handed.length;
    const answer = await people.from('smsCode', { mobile });
    expect([answer.status, answer.code, answer.message]).toEqual([200, 20000, 'the server failed, try again later']);
    expect(people.gateway.handed).toHaveLength(before + 1);
  });

  it('that cuts the connection sent nothing', async () => {
    people.gateway.answer = (response) => response.destroy();
    expect((await people.from('smsCode', { mobile })).code).toBe(20000);
  });

  it('may answer with as much as it likes', async () => {
    people.gateway.answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more).on('error', () => {});
      more();
    };
    expect((await people.from('smsCode', { mobile })).code).toBe(200);
  });

  it('is not asked again at once when it failed: perhaps it sent the message after all, whose code works', async () => {
    people.gateway.answer = (response) => response.writeHead(500).end();
    expect((await people.from('smsCode', { mobile })).code).toBe(20000);
    expect((await people.from('smsCode', { mobile })).code).toBe(10028);
    const captcha = people.gateway.code(mobile);
    expect((await people.from('mobileLogin', { mobile, captcha })).code).toBe(200);
  });

  it('that says nothing is given up', async () => {
    const silent = await SmsGateway.open();
    silent.answer = () => {};
    const { url, secret } = silent;
    const sms = new SmsWebhook({ url, secret, clock: people.clock, answerWithinMs: 100 });
    const server = await startServer({}, { sms });
    try {
      expect((await ask(server.url, 'smsCode', { mobile })).code).toBe(20000);
      expect(silent.handed).toHaveLength(1);
    } finally {
      await server.close();
      await silent.close();
    }
  });

  it('that is not there is given up', async () => {
    const gone = await SmsGateway.open();
    const { url, secret } = gone;
    await gone.close();
    await expect(new SmsWebhook({ url, secret, clock: people.clock }).send(mobile, '1', 'flooim')).rejects.toThrow(
      /^no answer of the SMS gateway ECONNREFUSED$/,
    );
  });
});

it('The log and the answers, at their most talkative, hold no code, no number and nothing of the gateway', async () => {
  const sent = await people.from('smsCode', { mobile });
  const captcha = people.gateway.code(mobile);
  const login = await people.from('mobileLogin', { mobile, captcha });
  await people.from('mobileBindWithSign', { mobile, sign: login.data.sign });
  await people.from('smsCode', { mobile });
  people.gateway.answer = (response) => response.writeHead(500).end(`the code ${captcha} for ${mobile}`);
  const failed = await people.from('smsCode', { mobile: newNumber() });

  const log = lines.join('');
  expect(log).toContain('/app/captcha/sms');
  expect(log).toContain('the SMS gateway answered 500');
  const codes = people.gateway.handed.map(({ code }) => `"${code}"`);
  const { secret, url } = people.gateway;
  for (const each of [...codes, captcha, mobile, mobile.slice(1), login.data.sign, secret, url, 'of-the-gateway'])
    expect(log).not.toContain(each);
  for (const { text } of [sent, failed]) expect(text).not.toContain(captcha);
});

describe('the settings of text messages', () => {
  const secret = 'a-secret-of-16-and-more';
  const read = (env: Record<string, string>) => readConfig([], env);

  it('are empty by default, and come as two', () => {
    expect(read({})).toMatchObject({ smsUrl: '', smsSecret: '', smsPerHour: 1000, smsPerAddress: 20 });
    const url = 'https://sms.example.org/v1/send?account=7';
    expect(read({ FLOOIM_SMS_URL: url, FLOOIM_SMS_SECRET: ` ${secret}\n` })).toMatchObject({
      smsUrl: url,
      smsSecret: secret,
    });
  });

  it.each([
    [{ FLOOIM_SMS_URL: 'https://sms.example.org' }, '--sms-secret (FLOOIM_SMS_SECRET) must be given too'],
    [{ FLOOIM_SMS_SECRET: secret }, '--sms-url (FLOOIM_SMS_URL) must be given too'],
    [{ FLOOIM_SMS_URL: 'host.example.net', FLOOIM_SMS_SECRET: secret }, '(FLOOIM_SMS_URL) must be'],
    [{ FLOOIM_SMS_URL: `https://me:${secret}@sms.example.org`, FLOOIM_SMS_SECRET: secret }, '(FLOOIM_SMS_URL) must be'],
    [{ FLOOIM_SMS_URL: 'http://[x/', FLOOIM_SMS_SECRET: secret }, '(FLOOIM_SMS_URL) must be'],
    [{ FLOOIM_SMS_URL: 'file:///etc/passwd', FLOOIM_SMS_SECRET: secret }, '(FLOOIM_SMS_URL) must be'],
    [{ FLOOIM_SMS_URL: 'https://sms.example.org', FLOOIM_SMS_SECRET: 'short' }, '(FLOOIM_SMS_SECRET) must be'],
    [{ FLOOIM_SMS_PER_ADDRESS: '3' }, '(FLOOIM_SMS_PER_ADDRESS) must be'],
    [{ FLOOIM_SMS_PER_HOUR: '0' }, '(FLOOIM_SMS_PER_HOUR) must be'],
  ])('are refused by name, and not repeated: %j', (env, says) => {
    expect(() => read(env)).toThrow(ConfigError);
    expect(() => read(env)).toThrow(says);
    for (const value of Object.values(env)) {
      if (value.length > 2) expect(() => read(env)).not.toThrow(value);
    }
  });
});
