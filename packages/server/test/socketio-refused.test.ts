import {
  Command,
  closeCodes,
  encodeFrame,
  encodeProvision,
  encodeSyncUL,
  type Provision,
  StatusCode,
  systemConversation,
  Vsn,
} from '@flooim/protocol';
import { ProvisionRefused, RawClient, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addApp, changeDatabase, join, type People, type Person, startPeople } from './support/rest.ts';

let people: People;
let frozen: Person;
/** Of apps that let nobody in, or not everybody. */
let [banned, lapsed, beyond]: Person[] = [];
beforeAll(async () => {
  people = await startPeople();
  const { server, url } = people;
  const inApp = async (appId: string) => {
    await addApp(server, appId);
    return join(url, appId, 'phone', appId);
  };
  [banned, lapsed] = [await inApp('banned'), await inApp('lapsed')];
  await inApp('small');
  beyond = await join(url, 'second', 'phone', 'small');
  frozen = await join(url, 'frozen');
  changeDatabase(server, "UPDATE app SET status = 'frozen' WHERE app_id = 'banned'");
  changeDatabase(server, "UPDATE app SET licence_expires_at = 1 WHERE app_id = 'lapsed'");
  changeDatabase(server, "UPDATE app SET user_limit = 1 WHERE app_id = 'small'");
  changeDatabase(server, `UPDATE user SET status = 1 WHERE uid = ${frozen.uid}`);
  server.context.apps.reload();
});
afterAll(() => people.close());

// All side by side: most of them wait some seconds.

const doors = ['socketio2', 'socketio4'] as const;
const guid = 'refused';

async function refusal(raw: RawClient, login: { uid: number; token: string }): Promise<Provision> {
  const error = await raw.provision({ ...login, guid }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProvisionRefused);
  return (error as ProvisionRefused).answer;
}

describe.concurrent.each(doors)('a refused Provision, with the client of %s', (door) => {
  const refused: [string, () => { uid: number; token: string } | undefined, StatusCode, keyof typeof closeCodes][] = [
    ['a made-up token', () => ({ ...people.alice, token: 'nonsense' }), StatusCode.INVALID_TOKEN, 'tokenInvalid'],
    ['no token', () => ({ ...people.alice, token: '' }), StatusCode.INVALID_TOKEN, 'tokenInvalid'],
    [
      'the token of somebody else',
      () => ({ ...people.alice, token: people.bob.token }),
      StatusCode.INVALID_TOKEN,
      'tokenInvalid',
    ],
    ['a disabled user', () => frozen, StatusCode.USER_FROZEN, 'userFrozen'],
    ['an app that is frozen', () => banned, StatusCode.APP_FROZEN, 'appNotNormal'],
    ['an app without a licence', () => lapsed, StatusCode.INVALID_LICENSE, 'licence'],
    ['a user beyond the licence', () => beyond, StatusCode.LICENSE_LIMIT, 'licence'],
  ];

  test('says why, leaves the connection open for a while, and then disconnects by a word', async () => {
    await Promise.all(
      refused.map(async ([what, who, code, close]) => {
        const raw = await RawClient.open(people.url, Vsn.V1, door);
        const answer = await refusal(raw, who() as Person);
        const since = performance.now();
        expect([what, answer.status?.code]).toEqual([what, code]);
        // Deployed clients read it whatever the status.
        expect(answer.xid).toMatchObject({ uid: 0, deviceSN: 0 });
        const ended = await raw.closed();
        expect(performance.now() - since).toBeGreaterThan(2500);
        expect([what, ended, raw.disconnected]).toEqual([what, closeCodes[close].code, 'io server disconnect']);
      }),
    );
  });

  test('may be followed by another one on the same connection, which then stays', async () => {
    const raw = await RawClient.open(people.url, Vsn.V1, door);
    await refusal(raw, { ...people.alice, token: 'nonsense' });
    await raw.provision({ ...people.alice, guid: `again ${door}` });
    await new Promise((resolve) => setTimeout(resolve, 3200));
    expect(raw.closeCode).toBeUndefined();
    const list = new Promise((resolve) => {
      raw.onUnread = resolve;
    });
    raw.send(Command.UNREAD);
    expect(await list).toMatchObject({ status: { code: StatusCode.OK } });
    raw.terminate();
  });

  test('is the last of three', async () => {
    const raw = await RawClient.open(people.url, Vsn.V1, door);
    const since = performance.now();
    for (let i = 0; i < 3; i++) await refusal(raw, { ...people.alice, token: `nonsense${i}` });
    expect(await raw.closed()).toBe(closeCodes.tokenInvalid.code);
    expect(performance.now() - since).toBeLessThan(2500);
  });

  test('is not the end of one that was accepted before', async () => {
    const raw = await RawClient.login(people.url, { ...people.bob, guid: `both ${door}` }, Vsn.V1, door);
    const answers: (StatusCode | undefined)[] = [];
    raw.onProvision = ({ status }) => answers.push(status?.code);
    const { uid } = people.bob;
    const payload = encodeProvision({ xid: { uid }, token: 'nonsense', deviceGuid: `both ${door}` });
    raw.send(Command.PROVISION, payload);
    await until(() => raw.closeCode !== undefined || answers.length > 0, 'an answer');
    expect(answers).toEqual([StatusCode.INVALID_TOKEN]);
    raw.terminate();
  });
});

describe.concurrent.each(doors)('before Provision, with the client of %s', (door) => {
  const loginFirst = { code: StatusCode.UNAUTHORIZED, reason: 'you must login first' };

  test('whatever is asked is answered so, with a conversation, and the connection lives', async () => {
    const raw = await RawClient.open(people.url, Vsn.V1, door);
    const xid = { uid: people.bob.uid };
    for (const asked of [{ xid }, { xid, isFullSync: true, fullSyncNum: 20 }, { xid, key: 5 }, { meta: { id: 7 } }]) {
      const answer = raw.nextSync();
      raw.sync(asked);
      const { status, ...rest } = await answer;
      expect(status).toEqual(loginFirst);
      expect(rest).toMatchObject({ metas: [], nextKey: 0, xid: { uid: systemConversation, deviceSN: 0 } });
    }
    const list = new Promise((resolve) => {
      raw.onUnread = resolve;
    });
    raw.send(Command.UNREAD);
    expect(await list).toMatchObject({ status: loginFirst, unread: [] });
    await raw.provision({ ...people.alice, guid: `late ${door}` });
    raw.terminate();
  });

  test('a frame in the same breath as it is answered after it', async () => {
    const raw = await RawClient.open(people.url, Vsn.V1, door);
    const accepted = new Promise((resolve) => {
      raw.onProvision = resolve;
    });
    const { uid, token } = people.alice;
    const payload = encodeProvision({ xid: { uid }, token, deviceGuid: `breath ${door}` });
    raw.sendBytes(encodeFrame({ vsn: Vsn.V1, command: Command.PROVISION, payload }));
    const page = raw.nextSync();
    raw.sendBytes(encodeFrame({ vsn: Vsn.V1, command: Command.SYNC, payload: encodeSyncUL({ xid: { uid: 0 } }) }));
    expect(await accepted).toMatchObject({ status: { code: StatusCode.OK } });
    expect((await page).status?.code).toBe(StatusCode.OK);
    raw.terminate();
  });
});

test.concurrent('who never says who he is is cut off, and may come back', async () => {
  const raw = await RawClient.open(people.url, Vsn.V1, 'socketio2');
  expect(await raw.closed()).toBe(closeCodes.provisionTimeout.code);
  expect(raw.disconnected).toBe('transport close');
  const again = await RawClient.login(people.url, { ...people.alice, guid: 'at last' }, Vsn.V1, 'socketio2');
  again.terminate();
}, 30_000);
