import { errors, limits, type ServerEndpointName } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WeChatProvider } from '../src/wechat/wechat-provider.ts';
import { addApp, ask, changeDatabase, join, type People, standingClock, startPeople } from './support/rest.ts';

/** What the outside would know: whose a code is, and who scanned what. */
const outside = {
  codes: new Map<string, string>(),
  scans: new Map<string, string>(),
  asked: [] as unknown[],
  polled: 0,
};
const weChat: WeChatProvider = {
  openIdOf: async (appId, code) => outside.codes.get(`${appId} ${code}`),
  async urlLink(...asked) {
    outside.asked.push(asked);
    return 'https://wxaurl.example/abc';
  },
  async officialAccountCode(...asked) {
    outside.asked.push(asked);
    return `https://mp.example/show?scene=${asked[1]}`;
  },
  async scannedBy(appId, scene) {
    outside.polled += 1;
    return outside.scans.get(`${appId} ${scene}`);
  },
};

let clock: ReturnType<typeof standingClock>;
let people: People;
beforeEach(async () => {
  for (const map of [outside.codes, outside.scans]) map.clear();
  outside.asked.length = 0;
  clock = standingClock();
  people = await startPeople({}, { clock, weChat });
});
afterEach(() => people.close());

/** Somebody comes from the mini-program. */
/** What clients were last told for an open id. */
const told = new Map<string, string>();
const unbound = { openid: expect.stringMatching(/^o[\w-]{32}$/) };
const come = async (openId: string, asking: { appId?: string } = {}) => {
  outside.codes.set(`${asking.appId ?? 'flooim'} js-${openId}`, openId);
  const answer = await ask(people.url, 'weChatLogin', { code: `js-${openId}` }, asking);
  told.set(openId, answer.data?.openid);
  return answer;
};
const show = async () => (await ask(people.url, 'officialAccountCode', {})).data;
const poll = (qrcode_id: string, asking = {}) => ask(people.url, 'officialAccountScan', { qrcode_id }, asking);
/** Somebody follows the official account with a code that a page shows; gives what the page gets for it. */
const scan = async (openId: string): Promise<string> => {
  const { qrcode_id } = await show();
  outside.scans.set(`flooim ${qrcode_id}`, openId);
  return (await poll(qrcode_id)).data.code;
};
const loginByScan = (code: string) => ask(people.url, 'officialAccountLogin', { code });
const bind = (openId: string, by = people.alice) =>
  people.as(by, 'weChatBind', { open_id: told.get(openId) ?? openId, type: 1 });
/** Binds what the mini-program knows somebody by. */
const bound = async (openId: string, by = people.alice) => {
  await come(openId);
  expect((await bind(openId, by)).code).toBe(200);
};
const logIn = (user_id: number, password: string) => ask(people.url, 'tokenById', { user_id, password });

it('A server without a way to WeChat says that it does not offer it', async () => {
  const without = await startPeople();
  const calls: [ServerEndpointName, object][] = [
    ['weChatUrlLink', { path: 'p', query: '' }],
    ['officialAccountCode', {}],
    ['officialAccountScan', { qrcode_id: 'x' }],
    ['officialAccountLogin', { code: 'x' }],
    ['officialAccountBound', {}],
    ['weChatLogin', { code: 'x' }],
    ['weChatBound', {}],
    ['weChatBind', { open_id: 'x', type: 1 }],
    ['weChatUnbind', {}],
    ['userBindOpenId', { open_id: 'x', type: 1 }],
  ];
  for (const [name, params] of calls) {
    const { status, code, message, data } = await without.as(without.alice, name, params);
    const told = [200, 404, 'not available on this server: WeChat', undefined];
    expect([status, code, message, data], name).toEqual(told);
  }
  await without.close();
});

describe('who comes from the mini-program', () => {
  it('gets his open id, binds it to his account, and is let in from then on', async () => {
    const { alice } = people;
    expect((await come('oAlice')).data).toEqual(unbound);
    expect((await bind('oAlice')).data).toBe(true);
    const { data } = await come('oAlice');
    expect(data).toEqual({ user_id: alice.uid, username: 'alice', password: expect.stringMatching(/^p[\w-]{43}$/) });
    expect((await logIn(alice.uid, data.password)).data.user_id).toBe(alice.uid);
    expect((await logIn(alice.uid, data.password)).code).toBe(402);
  });

  it('is nobody with a code that WeChat does not know', async () => {
    const answer = await ask(people.url, 'weChatLogin', { code: 'made up' });
    expect([answer.code, answer.message]).toEqual([10002, 'the login code is not valid or has expired']);
  });

  it('is bound in one app only', async () => {
    await addApp(people.server, 'other');
    await bound('oAlice');
    expect((await come('oAlice', { appId: 'other' })).data).toEqual(unbound);
    const dora = await join(people.url, 'dora', 'phone', 'other');
    const there = { open_id: told.get('oAlice'), type: 1 };
    expect((await people.as(dora, 'weChatBind', there, { appId: 'other' })).code).toBe(200);
    expect((await come('oAlice', { appId: 'other' })).data.user_id).toBe(dora.uid);
    expect((await come('oAlice')).data.user_id).toBe(people.alice.uid);
  });

  it('is limited for each address', async () => {
    const strict = await startPeople({ loginsPerMin: 8 }, { clock, weChat });
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await ask(strict.url, 'weChatLogin', { code: `guess ${i}` })).code);
    expect(codes).toEqual([10002, 10002, 10028]);
    await strict.close();
  });
});

describe('an open id', () => {
  it('that WeChat has not just told of is not believed', async () => {
    await addApp(people.server, 'other');
    expect((await bind('oStranger')).message).toBe('open_id is of nobody who has just signed in with WeChat');
    await come('oAlice', { appId: 'other' });
    expect((await bind('oAlice')).code).toBe(10002);
    await come('oAlice');
    expect((await people.as(people.bob, 'weChatBind', { open_id: 'oAlice', type: 1 })).code).toBe(10002);
    clock.advance(limits.weChatTtlMs);
    expect((await bind('oAlice')).code).toBe(10002);
    await come('oAlice');
    expect((await bind('oAlice')).code).toBe(200);
  });

  it('is bound to one user, and a user to one open id of a kind', async () => {
    await come('oAlice');
    await bound('oAlice');
    expect((await bind('oAlice', people.bob)).code).toBe(10002);
    await come('oOther');
    const answer = await bind('oOther');
    expect([answer.code, answer.message]).toEqual([10011, 'the user or the WeChat account is bound already']);
    expect((await bind('oOther', people.bob)).code).toBe(200);
    expect((await come('oOther')).data.user_id).toBe(people.bob.uid);
  });

  it('that two name at the same time is bound to one of them', async () => {
    await come('oAlice');
    const answers = await Promise.all([bind('oAlice'), bind('oAlice', people.bob)]);
    const [first, second] = answers.map(({ code }) => code).sort((a, b) => a - b);
    expect(first).toBe(200);
    // It was taken, or what names it has served already.
    expect([errors.openIdBound.code, errors.openIdUnknown.code]).toContain(second);
  });

  it('is bound by the other name of the endpoint as well', async () => {
    const { bob } = people;
    const { openid } = (await loginByScan(await scan('fBob'))).data;
    expect((await people.as(bob, 'userBindOpenId', { open_id: openid, type: 2 })).data).toBe(true);
    expect((await loginByScan(await scan('fBob'))).data.user_id).toBe(bob.uid);
  });
});

describe('the official account', () => {
  it('shows a code of which the outside is told, and waits for its scan', async () => {
    const code = await show();
    const expired = clock() + limits.weChatTtlMs;
    const url = `https://mp.example/show?scene=${code.qrcode_id}`;
    expect(code).toEqual({ qrcode_id: expect.stringMatching(/^[0-9a-f]{48}$/), url, expired });
    expect(outside.asked).toEqual([['flooim', code.qrcode_id, expired]]);
    const pending = await poll(code.qrcode_id);
    expect([pending.code, pending.data]).toEqual([11022, undefined]);
    outside.scans.set(`flooim ${code.qrcode_id}`, 'fAlice');
    clock.advance(1000);
    const scanned = await poll(code.qrcode_id);
    expect(scanned.data).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/) });
    expect((await poll(code.qrcode_id)).data).toEqual(scanned.data);
  });

  it('has the outside asked no more often than twice a second, however many ask', async () => {
    const { qrcode_id } = await show();
    outside.polled = 0;
    for (let i = 0; i < 2; i++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => poll(qrcode_id)));
      expect(answers.map(({ code }) => code)).toEqual(Array(10).fill(11022));
      expect(outside.polled).toBe(i + 1);
      clock.advance(500);
    }
  });

  it('knows no code of another app, that was never shown, or that is too old', async () => {
    await addApp(people.server, 'other');
    const { qrcode_id } = await show();
    outside.scans.set(`flooim ${qrcode_id}`, 'fAlice');
    outside.scans.set('flooim made-up', 'fAlice');
    expect((await poll(qrcode_id, { appId: 'other' })).code).toBe(10002);
    expect((await poll('made-up')).code).toBe(10002);
    clock.advance(limits.weChatTtlMs);
    expect((await poll(qrcode_id)).code).toBe(10002);
  });

  it('gives for a scan, once, the open id or what to log in with', async () => {
    const { alice } = people;
    const code = await scan('fAlice');
    const { data: first } = await loginByScan(code);
    expect(first).toEqual(unbound);
    expect((await loginByScan(code)).code).toBe(10002);
    expect((await bind(first.openid)).code).toBe(200);
    const { data } = await loginByScan(await scan('fAlice'));
    expect(data).toMatchObject({ ...unbound, user_id: alice.uid, username: 'alice' });
    expect((await logIn(alice.uid, data.password)).code).toBe(200);
  });

  it('and the mini-program are told apart', async () => {
    const isBound = async (name: 'officialAccountBound' | 'weChatBound') => (await people.as(people.alice, name)).code;
    expect([await isBound('officialAccountBound'), await isBound('weChatBound')]).toEqual([10010, 10010]);
    await bound('same');
    expect([await isBound('officialAccountBound'), await isBound('weChatBound')]).toEqual([10010, 200]);
    const { data } = await loginByScan(await scan('same'));
    expect(data).toEqual(unbound);
    expect((await bind(data.openid)).code).toBe(200);
    expect([await isBound('officialAccountBound'), await isBound('weChatBound')]).toEqual([200, 200]);
    expect(await people.ok(people.alice, 'weChatUnbind')).toBe(true);
    expect([await isBound('officialAccountBound'), await isBound('weChatBound')]).toEqual([10010, 10010]);
  });
});

describe('what a bound open id gives', () => {
  it('works no more once it is unbound', async () => {
    await bound('oAlice');
    const { data } = await come('oAlice');
    await people.ok(people.alice, 'weChatUnbind');
    expect((await logIn(people.alice.uid, data.password)).code).toBe(402);
    expect((await come('oAlice')).data).toEqual(unbound);
  });

  it('is nothing for a user who is disabled, until he is enabled', async () => {
    const { lifecycles } = people.server.context;
    await bound('oAlice');
    const { data } = await come('oAlice');
    await lifecycles.disable('flooim', [people.alice.uid]);
    const refused = await come('oAlice');
    expect([refused.code, refused.data]).toEqual([10010, undefined]);
    expect((await logIn(people.alice.uid, data.password)).code).toBe(10010);
    await lifecycles.enable('flooim', [people.alice.uid]);
    expect((await come('oAlice')).data.user_id).toBe(people.alice.uid);
  });

  it('is free for somebody else when the user is deleted', async () => {
    await bound('oAlice');
    const { data } = await come('oAlice');
    await people.server.context.lifecycles.remove({ appId: 'flooim', uid: people.alice.uid });
    expect((await logIn(people.alice.uid, data.password)).code).toBe(402);
    expect((await come('oAlice')).data).toEqual(unbound);
    expect((await bind('oAlice', people.bob)).code).toBe(200);
  });

  it('lets a user in who has no password', async () => {
    const { alice, server } = people;
    await bound('oAlice');
    changeDatabase(server, `UPDATE user SET password_hash = '' WHERE uid = ${alice.uid}`);
    expect((await logIn(alice.uid, '')).code).toBe(10002);
    expect((await logIn(alice.uid, 'a-guess-1')).code).toBe(402);
    expect((await logIn(alice.uid, (await come('oAlice')).data.password)).code).toBe(200);
  });

  it('is still there after a restart', async () => {
    await bound('oAlice');
    const rows = people.server.context.reader.all('SELECT app_id, kind, open_id, uid FROM open_id');
    expect(rows).toMatchObject([{ app_id: 'flooim', kind: 1, open_id: 'oAlice', uid: people.alice.uid }]);
  });
});

describe('a link into the mini-program', () => {
  it('is asked of the outside, with what the client says', async () => {
    const page = { path: 'pages/chat', query: 'a=1', envVersion: 'trial' };
    expect(await people.ok(people.alice, 'weChatUrlLink', page)).toEqual({ url_link: 'https://wxaurl.example/abc' });
    expect(outside.asked).toEqual([['flooim', { path: 'pages/chat', query: 'a=1', version: 'trial' }]]);
  });

  it('is one of few that one user gets', async () => {
    const link = (by = people.alice) => people.as(by, 'weChatUrlLink', { path: 'p', query: '' });
    for (let i = 0; i < 20; i++) expect((await link()).code).toBe(200);
    expect((await link()).code).toBe(10028);
    expect((await link(people.bob)).code).toBe(200);
  });

  it('is a failure of the server when the outside fails, which says nothing of it', async () => {
    const failing = { ...weChat, urlLink: () => Promise.reject(new Error('secret key 42 was refused')) };
    const broken = await startPeople({}, { weChat: failing });
    const answer = await broken.as(broken.alice, 'weChatUrlLink', { path: 'p', query: '' });
    expect([answer.code, answer.message]).toEqual([20000, 'the server failed, try again later']);
    await broken.close();
  });
});
