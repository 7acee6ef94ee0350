import { type Access, type Endpoint, errors, type ServerEndpointName, serverRest, streams } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, addApp, ask, changeDatabase, type People, sampleOf, startPeople } from './support/rest.ts';

const names = Object.keys(serverRest) as ServerEndpointName[];
const unknown = 'A'.repeat(43);

let people: People;
let group = 0;
let foreignGroup = 0;
const users = { disabled: 0, foreign: 0, deleted: 0 };
let disabledToken = '';
beforeAll(async () => {
  people = await startPeople();
  await addApp(people.server, 'other');
  await addApp(people.server, 'cold', "status = 'frozen'");
  users.disabled = await makeUser('dora');
  users.deleted = await makeUser('erik');
  users.foreign = await makeUser('someone', 'other');
  disabledToken = await tokenOf(users.disabled);
  changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${users.disabled}`);
  changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${users.deleted}`);
  group = await makeGroup('flooim', await makeUser('olga'));
  foreignGroup = await makeGroup('other', users.foreign);
});
afterAll(() => people.close());

/** Past the hash of a password: each call has a user of its own, because some calls are a user's last. */
async function makeUser(username: string, appId = 'flooim'): Promise<number> {
  const { writer, clock } = people.server.context;
  const user = { appId, username, passwordHash: 'none', time: clock() };
  const made = await new Promise((resolve, reject) =>
    writer.submit('user.create', user, (error, result) => (error ? reject(error) : resolve(result))),
  );
  return (made as { uid: number }).uid;
}

let lastGroup = 5000;
async function makeGroup(appId: string, owner: number): Promise<number> {
  lastGroup += 1;
  changeDatabase(
    people.server,
    `INSERT INTO group_info (gid, app_id, type, owner, name, capacity, created_at, updated_at)
     VALUES (${lastGroup}, '${appId}', 0, ${owner}, 'a group', 100, 1, 1)`,
  );
  return lastGroup;
}

let lastUser = 0;
const userToken = async (appId = 'flooim') => {
  lastUser += 1;
  return tokenOf(await makeUser(`somebody_${lastUser}`, appId));
};
const tokenOf = async (uid: number) => (await people.server.context.tokens.issue(uid, '')).token;
const adminToken = (appId = 'flooim') => people.server.context.adminTokens.create(appId);
const operatorToken = () => people.server.context.secrets.operatorToken;

const storeTokenOf = async (token: string) => {
  const { tokens } = people.server.context;
  return tokens.storeToken((await tokens.verifyAny(token)).tokenHash);
};

interface Credentials {
  token?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

/** What comes of a call: it is let in, or refused with this code of the error table. */
type Outcome =
  | 'in'
  | 'missing'
  | 'foreign'
  | 'ended'
  | 'forbidden'
  | 'says no user'
  | 'no such user'
  | 'no such group'
  | 'no address';

interface Role {
  name: string;
  credentials: () => Promise<Credentials> | Credentials;
  expected: Record<Exclude<Access, 'public'>, Outcome>;
}

const all = (outcome: Outcome) => ({
  user: outcome,
  sender: outcome,
  admin: outcome,
  operator: outcome,
  download: outcome,
  /** Nobody says who he is there: the address does, and here nobody has one. */
  upload: 'no address' as const,
});
const person = { ...all('forbidden'), user: 'in', sender: 'in', download: 'in' } as const;
const administrator = { ...all('in'), operator: 'forbidden' } as const;

const roles: Role[] = [
  { name: 'nobody', credentials: () => ({}), expected: all('missing') },
  { name: 'somebody with an empty token', credentials: () => ({ token: '' }), expected: all('missing') },
  ...['garbage', '{"a":1}', 'x'.repeat(5000), `t${unknown}=`, `u${unknown}`].map((token) => ({
    name: `somebody with ${token.slice(0, 50)} for a token`,
    credentials: () => ({ token }),
    expected: all('ended'),
  })),
  ...['t', 'a', 'o'].map((letter) => ({
    name: `somebody with a token in ${letter} that was never given`,
    credentials: () => ({ token: letter + unknown }),
    expected: all('ended'),
  })),
  {
    name: 'a user whose token was revoked',
    async credentials() {
      const token = await userToken();
      const bearer = await people.server.context.tokens.verifyAny(token);
      await people.server.context.tokens.revoke(bearer);
      return { token };
    },
    expected: all('ended'),
  },
  {
    name: 'a user who is disabled',
    credentials: () => ({ token: disabledToken }),
    expected: all('forbidden'),
  },
  {
    name: 'a user of another app',
    credentials: async () => ({ token: await userToken('other') }),
    expected: { ...all('foreign'), operator: 'forbidden' },
  },
  { name: 'a user', credentials: async () => ({ token: await userToken() }), expected: person },
  {
    name: 'a user who asks to act for another',
    credentials: async () => ({ token: await userToken(), headers: { user_id: String(people.alice.uid) } }),
    expected: person,
  },
  {
    name: 'a user whose impersonation headers make no sense',
    credentials: async () => ({ token: await userToken(), headers: { user_id: '-1', group_id: 'x' } }),
    expected: person,
  },
  {
    name: 'an admin',
    credentials: async () => ({ token: await adminToken() }),
    expected: { ...administrator, user: 'says no user', download: 'says no user' },
  },
  {
    name: 'an admin for a user',
    credentials: async () => ({
      token: await adminToken(),
      headers: { user_id: String(await makeUser(`for_${++lastUser}`)) },
    }),
    expected: administrator,
  },
  {
    name: 'an admin for a group',
    credentials: async () => ({ token: await adminToken(), headers: { group_id: String(group) } }),
    expected: administrator,
  },
  ...(['foreign', 'deleted'] as const).map((kind) => ({
    name: `an admin for a ${kind} user`,
    credentials: async () => ({ token: await adminToken(), headers: { user_id: String(users[kind]) } }),
    expected: { ...all('no such user'), operator: 'forbidden' as const },
  })),
  {
    name: 'an admin for a foreign group',
    credentials: async () => ({ token: await adminToken(), headers: { group_id: String(foreignGroup) } }),
    expected: { ...all('no such group'), operator: 'forbidden' },
  },
  {
    name: 'an admin of another app',
    credentials: async () => ({ token: await adminToken('other') }),
    expected: { ...all('foreign'), operator: 'forbidden' },
  },
  {
    name: 'an admin whose token has ended',
    async credentials() {
      const token = await adminToken();
      await people.server.context.adminTokens.endAll('flooim');
      return { token };
    },
    expected: all('ended'),
  },
  {
    name: 'the operator',
    credentials: () => ({ token: operatorToken() }),
    expected: { ...all('in'), user: 'says no user', download: 'says no user' },
  },
  {
    name: 'the operator for a user',
    credentials: async () => ({
      token: operatorToken(),
      headers: { user_id: String(await makeUser(`op_${++lastUser}`)) },
    }),
    expected: all('in'),
  },
  {
    name: 'a user with the credential of his files',
    credentials: async () => ({ query: { store_token: await storeTokenOf(await userToken()) } }),
    expected: { ...all('missing'), download: 'in' },
  },
  {
    name: 'a user of another app with the credential of his files',
    credentials: async () => ({ query: { store_token: await storeTokenOf(await userToken('other')) } }),
    expected: { ...all('missing'), download: 'foreign' },
  },
  {
    name: 'somebody with garbage for the credential of files',
    credentials: () => ({ query: { store_token: 's' } }),
    expected: { ...all('missing'), download: 'ended' },
  },
  ...['x', `${'A'.repeat(200)}.${unknown}`].map((signed) => ({
    name: `somebody with the link ${signed.slice(0, 10)} that nobody signed`,
    credentials: () => ({ query: { signed } }),
    expected: { ...all('missing'), download: 'ended' as const },
  })),
];

const cells = roles.flatMap(({ name: role, credentials, expected }) =>
  names.map((name) => {
    const { access } = serverRest[name];
    const outcome: Outcome | undefined = access === 'public' ? 'in' : expected[access];
    return { role, name, credentials, outcome };
  }),
);

/** Without what an endpoint asks for: whoever is let in hears of that, and nothing happens. */
async function outcomeOf(name: ServerEndpointName, credentials: Credentials, appId = 'flooim'): Promise<Outcome> {
  const { query, ...asking } = credentials;
  const answer = await ask(people.url, name, query ?? {}, { appId, ...(query && { place: 'query' }), ...asking });
  const outcome = read(answer);
  expect(answer.status).toBe(hasStatuses(name) ? statuses[outcome] : 200);
  expect('data' in JSON.parse(answer.text) && outcome !== 'in').toBe(false);
  return outcome;
}

/** Where the answer is a file's bytes, or goes by the rules of tus, a refusal has an HTTP status of its own. */
const hasStatuses = (name: ServerEndpointName) => name in streams && name !== 'fileUpload';
const statuses: Record<Outcome, number> = {
  in: 400,
  missing: 401,
  foreign: 401,
  ended: 401,
  forbidden: 403,
  'says no user': 400,
  'no such user': 404,
  'no such group': 404,
  'no address': 403,
};

function read({ code, message }: Answer): Outcome {
  const is = (name: keyof typeof errors) => code === errors[name].code && message === errors[name].text;
  if (is('tokenMissing')) return 'missing';
  if (is('tokenForeign')) return 'foreign';
  if (is('tokenInvalid')) return 'ended';
  if (is('noPermission') || is('userFrozen')) return 'forbidden';
  if (is('userNotFound')) return 'no such user';
  if (is('groupNotFound')) return 'no such group';
  if (is('uploadInvalid')) return 'no address';
  return message.includes('the header user_id is required') ? 'says no user' : 'in';
}

describe('every endpoint for every caller', () => {
  it('has an expectation', () => {
    const untold = cells.filter(({ outcome }) => outcome === undefined);
    expect(untold.map(({ name, role }) => `${name} for ${role}`)).toEqual([]);
    expect(cells).toHaveLength(roles.length * names.length);
  });

  it.each(cells)('$name, called by $role: $outcome', async ({ name, credentials, outcome }) => {
    expect(await outcomeOf(name, await credentials())).toBe(outcome);
  });
});

describe('an admin token', () => {
  const profile = (headers: Record<string, string>, token: string) =>
    ask(people.url, 'userProfile', {}, { token, headers });

  it('acts for the user whom the header names, and for nobody whom a parameter names', async () => {
    const { alice, bob, url } = people;
    const token = await adminToken();
    expect((await profile({ user_id: String(bob.uid) }, token)).data.user_id).toBe(bob.uid);
    const link = `${url}/user/profile?app_id=flooim&user_id=${alice.uid}&access-token=${token}`;
    expect(await (await fetch(link)).json()).toMatchObject({ code: 10002 });
    const asBob = { headers: { 'access-token': token, app_id: 'flooim', user_id: String(bob.uid) } };
    const found = await (await fetch(`${url}/roster/id?user_id=${alice.uid}`, asBob)).json();
    expect(found).toMatchObject({ code: 200, data: { user_id: alice.uid } });
  });

  it('acts as the owner of the group that the header names', async () => {
    const owned = await makeGroup('flooim', people.carol.uid);
    expect((await profile({ group_id: String(owned) }, await adminToken())).data.user_id).toBe(people.carol.uid);
  });

  it.each<Record<string, string>>([
    { user_id: '0' },
    { user_id: '-5' },
    { user_id: '1e5' },
    { user_id: '0x10' },
    { user_id: '10001, 10002' },
    { user_id: '99999999999999999' },
    { user_id: '9007199254740993' },
    { user_id: 'null' },
    { user_id: '[1]' },
    { group_id: 'x' },
    { group_id: '1.5' },
    { user_id: '10001', group_id: '10002' },
  ])('refuses to act for %j', async (headers) => {
    const answer = await profile(headers, await adminToken());
    expect(answer.code).toBe(10002);
    for (const name of Object.keys(headers)) expect(answer.message).toContain(name);
  });

  it('acts for a disabled user, and for nobody in a dissolved group', async () => {
    const token = await adminToken();
    expect((await profile({ user_id: String(users.disabled) }, token)).data.user_id).toBe(users.disabled);
    const gone = await makeGroup('flooim', people.carol.uid);
    changeDatabase(people.server, `UPDATE group_info SET status = 1 WHERE gid = ${gone}`);
    expect((await profile({ group_id: String(gone) }, token)).code).toBe(20001);
  });

  it('ends at once, and others of the app with it, but none of another app', async () => {
    const [first, second, foreign] = [await adminToken(), await adminToken(), await adminToken('other')];
    const list = (token: string, appId = 'flooim') => ask(people.url, 'userList', {}, { token, appId });
    for (const token of [first, second]) expect((await list(token)).code).toBe(200);
    expect((await list(foreign, 'other')).code).toBe(200);
    await people.server.context.adminTokens.endAll('flooim');
    for (const token of [first, second]) expect((await list(token)).code).toBe(402);
    expect((await list(foreign, 'other')).code).toBe(200);
  });

  it('ends no token of the user for whom it is used', async () => {
    const { carol } = people;
    const headers = { user_id: String(carol.uid) };
    const answer = await ask(people.url, 'tokenRevoke', {}, { token: await adminToken(), headers });
    expect([answer.code, answer.message]).toEqual([10010, expect.stringContaining("user's own token")]);
    expect((await people.as(carol, 'userProfile')).code).toBe(200);
  });

  it('is nowhere in the database', async () => {
    const token = await adminToken();
    const rows = people.server.context.reader.all('SELECT hash FROM admin_token');
    expect(rows.length).toBeGreaterThan(0);
    for (const { hash } of rows) expect(Buffer.from(hash as Uint8Array).toString('latin1')).not.toContain(token);
  });

  it('is taken from one header, not from two', async () => {
    const token = await adminToken();
    const answer = await ask(people.url, 'userList', {}, { token: `${token}, ${token}` });
    expect(answer.code).toBe(402);
  });

  it('is nobody on the socket', async () => {
    const { tokens } = people.server.context;
    await expect(tokens.verifyAny(await adminToken())).rejects.toMatchObject({ reason: 'tokenInvalid' });
    await expect(tokens.verifyAny(operatorToken())).rejects.toMatchObject({ reason: 'tokenInvalid' });
  });
});

describe('a user token', () => {
  it('is taken from the query as well', async () => {
    const { alice, url } = people;
    const link = `${url}/user/profile?app_id=flooim&access-token=${alice.token}`;
    expect(await (await fetch(link)).json()).toMatchObject({ code: 200, data: { user_id: alice.uid } });
  });

  it('does not act for the user of an impersonation header', async () => {
    const { alice, bob } = people;
    const profile = await people.ok(alice, 'userProfile', {}, { headers: { user_id: String(bob.uid) } });
    expect(profile.user_id).toBe(alice.uid);
  });
});

/** Who calls or what is called says no app there: the operator is of none, an address or a link names its own. */
const ofNone: readonly Access[] = ['operator', 'upload'];
const ofOneApp = names.filter(
  (name) => name !== 'dns' && name !== 'linkInfo' && !ofNone.includes(serverRest[name].access),
);

describe('every endpoint of an app', () => {
  const codeOf = async (name: ServerEndpointName, token: string, appId: string) => {
    const { params }: Endpoint = serverRest[name];
    return (await ask(people.url, name, sampleOf(params), { token, appId })).code;
  };

  it.each(ofOneApp)('%s asks which app', async (name) => {
    for (const token of [people.alice.token, await adminToken(), operatorToken()]) {
      expect(await codeOf(name, token, '')).toBe(40000);
      expect(await codeOf(name, token, 'no_app')).toBe(40000);
      expect(await codeOf(name, token, '__proto__')).toBe(40000);
    }
  });

  it.each(ofOneApp)('%s refuses all but the operator where the app is frozen', async (name) => {
    for (const token of [people.alice.token, await adminToken('cold')]) {
      expect(await codeOf(name, token, 'cold')).toBe(40003);
    }
    if (serverRest[name].access === 'public') return;
    const isForUsers = serverRest[name].access === 'user' || serverRest[name].access === 'download';
    const expected = isForUsers ? 'says no user' : 'in';
    expect(await outcomeOf(name, { token: operatorToken() }, 'cold')).toBe(expected);
  });
});
