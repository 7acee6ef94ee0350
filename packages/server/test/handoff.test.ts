import { limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApp, ask, changeDatabase, join, type People, standingClock, startPeople } from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const leave = async (secret_text: string, expire_seconds = 60, by = people.alice) =>
  (await people.ok(by, 'secretLeave', { secret_text, expire_seconds })).code as string;
const take = (code: string, asking = {}) => ask(people.url, 'secretTake', { code }, asking);

describe('a text that is left for another page', () => {
  it('is given once to whoever has the code, without a token', async () => {
    const text = '{"name":"alice","小":1}';
    const code = await leave(text);
    expect(code).toMatch(/^[\w-]{43}$/);
    expect((await take(code)).data).toEqual({ secret_text: text });
    expect((await take(code)).code).toBe(10002);
  });

  it('is given to one of many who ask at the same time', async () => {
    const code = await leave('x');
    const answers = await Promise.all(Array.from({ length: 8 }, () => take(code)));
    expect(answers.filter((answer) => answer.code === 200)).toHaveLength(1);
  });

  it('is kept as long as was asked, and never longer than ten minutes', async () => {
    const [short, long] = [await leave('x', 60), await leave('x', 1_000_000)];
    clock.advance(60_000);
    expect((await take(short)).message).toBe('the login code is not valid or has expired');
    const longer = await leave('x', 1_000_000);
    clock.advance(limits.secretTtlMs - 60_000);
    expect((await take(long)).code).toBe(10002);
    expect((await take(longer)).code).toBe(200);
  });

  it('ends with the token with which it was left', async () => {
    const code = await leave('x');
    await people.ok(people.alice, 'tokenRevoke');
    expect((await take(code)).code).toBe(10002);
  });

  it('ends when the user is disabled', async () => {
    const code = await leave('x');
    await people.server.context.lifecycles.disable('flooim', [people.alice.uid]);
    expect((await take(code)).code).toBe(10002);
  });

  it('is of one app, and stays there for it', async () => {
    await addApp(people.server, 'other');
    const code = await leave('x');
    expect((await take(code, { appId: 'other' })).code).toBe(10002);
    expect((await take(code)).code).toBe(200);
  });

  it('needs a token to be left, and has a size', async () => {
    const secret = { secret_text: 'x', expire_seconds: 60 };
    expect((await ask(people.url, 'secretLeave', secret)).code).toBe(10003);
    const large = { ...secret, secret_text: 'x'.repeat(limits.secretChars + 1) };
    expect((await people.as(people.alice, 'secretLeave', large)).message).toContain('secret_text');
  });

  it('is one of few that one user can leave, which keeps nobody else from it', async () => {
    const codes = [];
    for (let i = 0; i < 9; i++) {
      codes.push((await people.as(people.alice, 'secretLeave', { secret_text: 'x', expire_seconds: 60 })).code);
    }
    expect(codes).toEqual([...Array(8).fill(200), 10028]);
    await leave('x', 60, people.bob);
    clock.advance(15_000);
    await leave('x');
  });

  it('is one of so many a minute of one address, whose accounts together fill the memory for nobody', async () => {
    const strict = await startPeople({ loginsPerMin: 10 }, { clock });
    const secret = { secret_text: 'x', expire_seconds: 600 };
    const codes = [];
    for (const by of [strict.alice, strict.bob]) {
      for (let i = 0; i < 3; i++) codes.push((await strict.as(by, 'secretLeave', secret)).code);
    }
    // Six of ten went into making three accounts.
    expect(codes).toEqual([...Array(4).fill(200), 10028, 10028]);
    await strict.close();
  });

  it('cannot be guessed at for long from one address', async () => {
    const strict = await startPeople({ loginsPerMin: 10 }, { clock });
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await ask(strict.url, 'secretTake', { code: `guess ${i}` })).code);
    expect(codes).toEqual([...Array(4).fill(10002), 10028, 10028]);
    await strict.close();
  });
});

describe('a group’s code under the names of deployed clients', () => {
  const groupOf = async (options = {}) =>
    (await people.ok(people.alice, 'groupCreate', { name: 'readers', ...options })).group_id as number;

  it('lets in who scans it, until the time that it says', async () => {
    const group_id = await groupOf();
    const sign = await people.ok(people.alice, 'appGroupCode', { group_id });
    expect(sign).toEqual({ qr_info: expect.any(String), expired: clock() + limits.groupCodeTtlMs });
    expect(await people.ok(people.bob, 'appGroupCodeJoin', { qr_info: sign.qr_info })).toBe(true);
    expect(await people.ok(people.bob, 'groupsJoined')).toEqual([group_id]);
    clock.advance(limits.groupCodeTtlMs);
    const late = await people.as(people.carol, 'appGroupCodeJoin', { qr_info: sign.qr_info });
    expect(late.code).toBe(20025);
  });

  it('is of the same kind as the documented one, with the same rights', async () => {
    const group_id = await groupOf();
    const { qr_info } = await people.ok(people.alice, 'groupCode', { group_id });
    await people.ok(people.bob, 'appGroupCodeJoin', { qr_info });
    expect((await people.as(people.carol, 'appGroupCode', { group_id })).code).toBe(20011);
    await people.ok(people.alice, 'groupAllowInvitation', { group_id, value: false });
    expect((await people.as(people.bob, 'appGroupCode', { group_id })).code).toBe(20012);
    expect((await people.as(people.carol, 'appGroupCodeJoin', { qr_info: 'made up' })).code).toBe(20024);
  });
});

describe('a support link', () => {
  const admin = async (appId = 'flooim') => ({
    appId,
    token: await people.server.context.adminTokens.create(appId),
  });
  const make = async (user_id: number, more = {}, asking?: { appId: string; token: string }) =>
    ask(people.url, 'linkCreate', { user_id, ...more }, asking ?? (await admin()));
  /** As somebody does who has nothing but the link. */
  const follow = (link: string) => ask(people.url, 'linkInfo', { link }, { appId: '' });

  it('leads whoever follows it to a user, in the app that it says', async () => {
    const { data } = await make(people.bob.uid, { text: 'Hello, how can I help?', type: 'support' });
    expect(data).toEqual({
      link: expect.stringMatching(/^l[\w-]{22}$/),
      user_id: people.bob.uid,
      text: 'Hello, how can I help?',
      type: 'support',
      created_at: clock(),
    });
    const found = await follow(data.link);
    expect(found.data).toEqual({
      app_id: 'flooim',
      uid: people.bob.uid,
      text: 'Hello, how can I help?',
      type: 'support',
    });
    expect((await follow((await make(people.bob.uid)).data.link)).data).toMatchObject({ text: '', type: '' });
  });

  it('that nobody made is an error that says so', async () => {
    for (const link of ['x', '__proto__', "' OR 1=1 --", 'l'.repeat(23)]) {
      const answer = await follow(link);
      expect([answer.status, answer.code, answer.message]).toEqual([200, 10002, 'the link does not exist']);
    }
  });

  it('is listed and deleted by the app’s services, and by nobody else', async () => {
    await addApp(people.server, 'other');
    const [own, foreign] = [await admin(), await admin('other')];
    const first = (await make(people.bob.uid)).data;
    clock.advance(1);
    const second = (await make(people.carol.uid)).data;
    expect((await ask(people.url, 'linkList', {}, own)).data).toEqual([first, second]);
    expect((await ask(people.url, 'linkList', {}, foreign)).data).toEqual([]);
    expect((await ask(people.url, 'linkDelete', { link: first.link }, foreign)).code).toBe(10002);
    expect((await people.as(people.alice, 'linkList')).code).toBe(10010);
    expect((await ask(people.url, 'linkDelete', { link: first.link }, own)).data).toBe(true);
    expect((await ask(people.url, 'linkDelete', { link: first.link }, own)).code).toBe(10002);
    expect((await follow(first.link)).code).toBe(10002);
    expect((await follow(second.link)).code).toBe(200);
  });

  it('leads to users of its own app only', async () => {
    await addApp(people.server, 'other');
    const dora = await join(people.url, 'dora', 'phone', 'other');
    for (const uid of [dora.uid, 999_999]) {
      const answer = await make(uid);
      expect([answer.code, answer.message]).toEqual([10000, expect.stringContaining('user_id')]);
    }
  });

  it('leads nowhere while the user is disabled, and never again when he is deleted', async () => {
    const { link } = (await make(people.bob.uid)).data;
    const { lifecycles } = people.server.context;
    await lifecycles.disable('flooim', [people.bob.uid]);
    expect((await follow(link)).code).toBe(10002);
    await lifecycles.enable('flooim', [people.bob.uid]);
    expect((await follow(link)).code).toBe(200);
    await lifecycles.remove({ appId: 'flooim', uid: people.bob.uid });
    expect((await follow(link)).code).toBe(10002);
    expect((await ask(people.url, 'linkList', {}, await admin())).data).toEqual([]);
    expect((await make(people.bob.uid)).code).toBe(10000);
  });

  it('says that its app is not in order', async () => {
    const { link } = (await make(people.bob.uid)).data;
    await people.server.context.apps.update('flooim', { status: 'frozen' });
    expect((await follow(link)).code).toBe(40003);
  });

  it('is one of a thousand of an app', async () => {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.supportLinks})`;
    const columns = 'link, app_id, uid, text, type, created_at';
    const fill = `INSERT INTO support_link (${columns}) SELECT 'n' || i, 'flooim', ${people.bob.uid}, '', '', 1 FROM n`;
    changeDatabase(people.server, `${many} ${fill}`);
    expect((await make(people.bob.uid)).message).toBe('the app has too many links');
  });
});
