import { existsSync, readFileSync, statSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { closeCodes, decodeUserNotice, Namespace, StatusCode, UserNoticeType } from '@flooim/protocol';
import { ProvisionRefused, RawClient, startServer, until } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Phone } from './support/phone.ts';
import {
  addApp,
  ask,
  changeDatabase,
  join,
  newFolder,
  type People,
  type Person,
  password,
  standingClock,
  startPeople,
} from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const operate = (...[name, params = {}]: [Parameters<typeof ask>[1], object?]) =>
  ask(people.url, name, params, { token: people.server.context.secrets.operatorToken, appId: '' });
const set = async (change: object, app_id = 'flooim') => {
  const answer = await operate('operatorAppUpdate', { app_id, ...change });
  expect(answer.code, answer.text).toBe(200);
  return answer.data;
};
const connect = ({ uid, token }: Person, guid = 'phone') => RawClient.login(people.url, { uid, token, guid });
const login = (name: string, appId = 'flooim') => ask(people.url, 'tokenByName', { name, password }, { appId });

async function refusalOf({ uid, token }: Person) {
  const raw = await RawClient.open(people.url);
  const error = await raw.provision({ uid, token, guid: 'phone' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProvisionRefused);
  return { status: (error as ProvisionRefused).answer.status?.code, closed: await raw.closed() };
}

describe('the apps of a server', () => {
  it('are listed with what they allow and how many users they have', async () => {
    await addApp(people.server, 'empty');
    changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${people.carol.uid}`);
    const { data } = await operate('operatorApps');
    const usual = {
      status: 'normal',
      open_registration: true,
      strangers_may_chat: true,
      user_limit: 0,
      file_bytes_limit: 0,
      file_bytes: 0,
      licence_expires_at: 0,
    };
    expect(data).toEqual([
      { app_id: 'empty', name: 'empty', ...usual, users: 0 },
      { app_id: 'flooim', name: 'flooim', ...usual, users: 2 },
    ]);
  });

  it('become more', async () => {
    const { data } = await operate('operatorAppCreate', { app_id: 'shop-2.test', name: 'The shop' });
    expect(data).toMatchObject({ app_id: 'shop-2.test', name: 'The shop', status: 'normal', users: 0 });
    expect((await operate('operatorAppCreate', { app_id: 'plain' })).data.name).toBe('plain');
    const person = await join(people.url, 'alice', 'phone', 'shop-2.test');
    expect((await ask(people.url, 'userProfile', {}, { token: person.token, appId: 'shop-2.test' })).code).toBe(200);
  });

  it.each(['flooim', 'with space', '-x', 'a,b', 'é', '../x', 'a\nb'])('cannot become %j', async (app_id) => {
    const answer = await operate('operatorAppCreate', { app_id });
    expect(answer.code).toBe(10002);
    expect(answer.message).toContain('app_id');
  });

  it('change in what is given, and keep the rest over a restart', async () => {
    const data = newFolder();
    const first = await startServer({ data });
    const call = (url: string, token: string, change: object) =>
      ask(url, 'operatorAppUpdate', { app_id: 'flooim', ...change }, { token });
    const { operatorToken } = first.context.secrets;
    await call(first.url, operatorToken, { name: 'Ours', open_registration: false });
    await call(first.url, operatorToken, { strangers_may_chat: false, user_limit: 7, file_bytes_limit: 5e9 });
    await first.close();
    const second = await startServer({ data });
    const changed = await call(second.url, operatorToken, { licence_expires_at: 9_000_000_000_000 });
    await second.close();
    expect(changed.data).toMatchObject({
      name: 'Ours',
      open_registration: false,
      strangers_may_chat: false,
      user_limit: 7,
      file_bytes_limit: 5e9,
      licence_expires_at: 9_000_000_000_000,
    });
  });

  it('have the rules that the operator gave them, from the moment of the answer', async () => {
    await set({ open_registration: false, strangers_may_chat: false });
    expect((await ask(people.url, 'userRegister', { username: 'dora', password })).code).toBe(40001);
    const { alice, bob } = people;
    expect(await people.ok(alice, 'rosterMayMessage', { user_id: alice.uid, roster_id: bob.uid })).toBe(false);
    await set({ open_registration: true });
    expect((await ask(people.url, 'userRegister', { username: 'dora', password })).code).toBe(200);
  });

  it.each([
    ['operatorAppUpdate', { app_id: 'nowhere', status: 'frozen' }, 40000],
    ['operatorAppToken', { app_id: 'nowhere' }, 40000],
    ['operatorAppTokensEnd', { app_id: 'nowhere' }, 40000],
    ['operatorAppMoved', { app_id: 'nowhere' }, 40000],
    ['operatorAppUpdate', { app_id: 'flooim', status: 'cool' }, 10002],
    ['operatorAppUpdate', { app_id: 'flooim', user_limit: -1 }, 10002],
    ['operatorAppUpdate', { app_id: 'flooim', file_bytes_limit: 1.5 }, 10002],
    ['operatorAppUpdate', { app_id: 'flooim', licence_expires_at: 'never' }, 10002],
  ] as const)('%s with %j is refused and changes nothing', async (name, params, code) => {
    const before = (await operate('operatorApps')).data;
    expect((await operate(name, params)).code).toBe(code);
    expect((await operate('operatorApps')).data).toEqual(before);
  });
});

describe('an app that is not in order', () => {
  it.each(['frozen', 'banned', 'revoked'])(
    '%s: keeps everybody out at every door, and lets them in after it',
    async (status) => {
      await addApp(people.server, 'other');
      const someone = await join(people.url, 'someone', 'phone', 'other');
      const sessions = [await connect(people.alice), await connect(people.alice, 'laptop'), await connect(people.bob)];
      const elsewhere = await connect(someone);
      await set({ status });
      for (const session of sessions) expect(await session.closed()).toBe(closeCodes.appNotNormal.code);
      expect(elsewhere.closeCode).toBeUndefined();

      expect((await people.as(people.alice, 'userProfile')).code).toBe(40003);
      expect((await login('alice')).code).toBe(40003);
      expect((await ask(people.url, 'userRegister', { username: 'dora', password })).code).toBe(40003);
      expect(await refusalOf(people.alice)).toEqual({
        status: StatusCode.APP_FROZEN,
        closed: closeCodes.appNotNormal.code,
      });
      expect((await ask(people.url, 'dns', { app_id: 'flooim' })).data.app_status).toBe(status);
      expect((await login('someone', 'other')).code).toBe(200);

      await set({ status: 'normal' });
      const back = await connect(people.alice);
      expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
      for (const session of [back, elsewhere]) session.terminate();
    },
  );
});

describe('a licence that runs out', () => {
  it('ends the sessions of the app and keeps its users out until there is another', async () => {
    await set({ licence_expires_at: clock() + 60_000 });
    const session = await connect(people.alice);
    clock.advance(59_999);
    expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
    clock.advance(1);
    expect((await people.as(people.alice, 'userProfile')).code).toBe(30022);
    expect(await session.closed()).toBe(closeCodes.licence.code);
    expect((await login('alice')).code).toBe(30022);
    expect((await ask(people.url, 'userRegister', { username: 'dora', password })).code).toBe(30022);
    expect(await refusalOf(people.alice)).toEqual({
      status: StatusCode.INVALID_LICENSE,
      closed: closeCodes.licence.code,
    });
    const admin = await people.server.context.adminTokens.create('flooim');
    expect((await ask(people.url, 'userList', {}, { token: admin })).code).toBe(30022);

    await set({ licence_expires_at: clock() + 60_000 });
    const again = await connect(people.alice);
    clock.advance(60_000);
    expect(await again.closed()).toBe(closeCodes.licence.code);
    await set({ licence_expires_at: 0 });
    expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
  });

  it('is over at once where the operator says so', async () => {
    const session = await connect(people.alice);
    await set({ licence_expires_at: clock() - 1 });
    expect(await session.closed()).toBe(closeCodes.licence.code);
  });
});

describe('a licence for so many users', () => {
  const register = (username: string) => ask(people.url, 'userRegister', { username, password });

  it('lets no more register, neither alone nor in a batch', async () => {
    await set({ user_limit: 4 });
    expect((await register('dora')).code).toBe(200);
    expect((await register('erik')).code).toBe(30023);
    const token = await people.server.context.adminTokens.create('flooim');
    const list = [{ username: 'erik', password }];
    const { data } = await ask(people.url, 'userRegisterBatch', { list }, { token });
    expect(data).toMatchObject([{ username: 'erik', success: false }]);
    expect(data[0].reason).toContain('licence');
    await set({ user_limit: 5 });
    expect((await register('erik')).code).toBe(200);
    await set({ user_limit: 0 });
    expect((await register('fred')).code).toBe(200);
  });

  it('holds when many register at once', async () => {
    await set({ user_limit: 5 });
    const answers = await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5'].map(register));
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 200, 30023, 30023, 30023]);
  });

  it('covers who came first, and keeps out who came later', async () => {
    const { alice, bob, carol } = people;
    const sessions = [await connect(alice), await connect(bob), await connect(carol)] as const;
    await set({ user_limit: 2 });
    expect(await sessions[2].closed()).toBe(closeCodes.licence.code);
    expect((await login('carol')).code).toBe(30023);
    expect((await people.as(carol, 'userProfile')).code).toBe(30023);
    expect(await refusalOf(carol)).toEqual({ status: StatusCode.LICENSE_LIMIT, closed: closeCodes.licence.code });
    for (const person of [alice, bob]) expect((await people.as(person, 'userProfile')).code).toBe(200);
    expect((await login('bob')).code).toBe(200);
    for (const session of sessions.slice(0, 2)) {
      expect(session.closeCode).toBeUndefined();
      session.terminate();
    }
  });

  it('does not count who was deleted', async () => {
    await set({ user_limit: 2 });
    expect((await login('carol')).code).toBe(30023);
    changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${people.alice.uid}`);
    clock.advance(10_000);
    expect((await login('carol')).code).toBe(200);
    expect((await register('dora')).code).toBe(30023);
  });

  it('is not looked at in other apps', async () => {
    await addApp(people.server, 'other');
    await set({ user_limit: 1 });
    const someone = await join(people.url, 'someone', 'phone', 'other');
    expect((await ask(people.url, 'userProfile', {}, { token: someone.token, appId: 'other' })).code).toBe(200);
  });
});

describe('the admin tokens of an app', () => {
  it('are told once, work for that app, and end together', async () => {
    const tokens = [];
    for (let i = 0; i < 2; i++) tokens.push((await operate('operatorAppToken', { app_id: 'flooim' })).data.token);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) {
      expect(token).toMatch(/^a[\w-]{43}$/);
      expect((await ask(people.url, 'userList', {}, { token })).code).toBe(200);
    }
    expect((await operate('operatorAppTokensEnd', { app_id: 'flooim' })).data).toBe(true);
    for (const token of tokens) expect((await ask(people.url, 'userList', {}, { token })).code).toBe(402);
  });

  it.each([
    ['operatorAppTokensEnd', {}, 'access-token is invalid or expired'],
    ['operatorAppUpdate', { status: 'frozen' }, 'the app is not in normal state'],
  ] as const)('end in the middle of a long batch with %s', async (name, change, reason) => {
    const { data: grant } = await operate('operatorAppToken', { app_id: 'flooim' });
    const list = Array.from({ length: 100 }, (_, i) => ({ username: `dora${i}`, password }));
    const batch = ask(people.url, 'userRegisterBatch', { list }, { token: grant.token });
    const isThere = () => people.server.context.users.account('flooim', { username: 'dora3' });
    while ((await isThere()) === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect((await operate(name, { app_id: 'flooim', ...change })).code).toBe(200);
    const { data } = await batch;
    expect([data[3].success, data.at(-1)]).toEqual([true, { user_id: 0, username: 'dora99', success: false, reason }]);
  });

  it('outlive a restart, and so does their end', async () => {
    const data = newFolder();
    const first = await startServer({ data });
    const ended = await first.context.adminTokens.create('flooim');
    await first.context.adminTokens.endAll('flooim');
    const token = await first.context.adminTokens.create('flooim');
    await first.close();
    const second = await startServer({ data });
    const codes = [];
    for (const each of [token, ended]) codes.push((await ask(second.url, 'userList', {}, { token: each })).code);
    await second.close();
    expect(codes).toEqual([200, 402]);
  });
});

describe('an app that moved', () => {
  const noticesOn = (phone: Phone) =>
    phone.pushed
      .flatMap(({ metas }) => metas)
      .filter(({ ns }) => ns === Namespace.USER_NOTICE)
      .map(({ payload }) => decodeUserNotice(payload).type)
      .filter((type) => type === UserNoticeType.CLUSTER_CHANGED);

  it('tells every session once, and nobody in another app', async () => {
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    const phoneOf = ({ uid, token }: Person, guid: string) => Phone.connect(people.url, { uid, token, guid });
    const told = [await phoneOf(people.alice, 'a'), await phoneOf(people.alice, 'b'), await phoneOf(people.bob, 'c')];
    const other = await phoneOf(someone, 'd');
    const entries = () => people.server.context.reader.get('SELECT count(*) AS n FROM entry')?.['n'];
    const before = entries();
    expect((await operate('operatorAppMoved', { app_id: 'flooim' })).data).toEqual({ sessions: 3 });
    for (const phone of told) await until(() => noticesOn(phone).length > 0, 'the notice');
    for (const phone of [...told, other]) await phone.settle();
    expect([...told, other].map((phone) => noticesOn(phone).length)).toEqual([1, 1, 1, 0]);
    expect(entries()).toBe(before);
    for (const phone of [...told, other]) phone.raw.terminate();
  });
});

describe('how often one may ask', () => {
  it('is counted by token for services, by address for people', async () => {
    const server = await startServer({ requestsPerSec: 1, adminRequestsPerSec: 4, data: newFolder() }, { clock });
    const admins = [
      await server.context.adminTokens.create('flooim'),
      await server.context.adminTokens.create('flooim'),
    ];
    const list = async (token: string, appId = 'flooim') =>
      (await ask(server.url, 'userList', {}, { token, appId })).code;
    const config = async (token = '') => (await ask(server.url, 'appConfig', {}, { token })).code;
    for (let i = 0; i < 8; i++) expect(await list(admins[0] as string)).toBe(200);
    expect(await list(admins[0] as string)).toBe(10028);
    expect(await list(admins[1] as string)).toBe(200);
    // All of that left the address its own two.
    const before = [await config(), await config(), await config()];
    expect(before).toEqual([200, 200, 10028]);
    expect(await config(admins[1])).toBe(200);
    // Neither an invented token nor one for another app helps.
    expect(await list(`a${'A'.repeat(43)}`)).toBe(10028);
    expect(await list(admins[1] as string, 'nowhere')).toBe(10028);
    await server.close();
  });

  it('holds for logins too, whoever has a token of another app', async () => {
    const server = await startServer({ loginsPerMin: 1, data: newFolder() }, { clock });
    await server.context.apps.create('other', 'other');
    const foreign = await server.context.adminTokens.create('other');
    const own = await server.context.adminTokens.create('flooim');
    const tryLogin = async (token?: string) =>
      (await ask(server.url, 'tokenByName', { name: 'nobody', password }, { token })).code;
    const codes = [await tryLogin(), await tryLogin(), await tryLogin(foreign), await tryLogin(own)];
    await server.close();
    expect(codes).toEqual([402, 10028, 10028, 402]);
  });
});

describe('the data folder', () => {
  it('says where the server listens, to its owner alone, and only while it runs', async () => {
    const data = newFolder();
    const server = await startServer({ data });
    const path = joinPath(data, 'server.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ url: `http://127.0.0.1:${server.port}` });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const closed = server.close();
    // Before anybody else can listen there, who would be shown the operator's token.
    expect(existsSync(path)).toBe(false);
    await closed;
    expect(existsSync(path)).toBe(false);
  });

  it('makes the same operator token at each start, and another in each folder', async () => {
    const data = newFolder();
    const tokens: string[] = [];
    for (let i = 0; i < 2; i++) {
      const server = await startServer({ data });
      tokens.push(server.context.secrets.operatorToken);
      await server.close();
    }
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).not.toBe(people.server.context.secrets.operatorToken);
    expect(readFileSync(joinPath(data, 'secret.json'), 'utf8')).not.toContain(tokens[0]);
  });
});
