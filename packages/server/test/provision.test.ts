import { closeCodes, decodeUserNotice, Namespace, StatusCode, UserNoticeType, Vsn } from '@flooim/protocol';
import { callRest, ProvisionRefused, RawClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat();
});
afterAll(() => chat.close());

const loginOf = (person: Chat['alice'], guid = 'phone') => ({ uid: person.uid, token: person.token, guid });

async function refusal(login: Parameters<RawClient['provision']>[0]) {
  const raw = await RawClient.open(chat.url);
  const error = await raw.provision(login).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ProvisionRefused);
  return { status: (error as ProvisionRefused).answer.status, closed: await raw.closed() };
}

describe('provision', () => {
  test('answers with the device number and the server’s time', async () => {
    const raw = await RawClient.open(chat.url);
    const answer = await raw.provision(loginOf(chat.alice));
    expect(answer.xid).toMatchObject({ uid: chat.alice.uid });
    expect(answer.xid?.deviceSN).toBeGreaterThan(0);
    expect(Math.abs(answer.lastLoginTime - Date.now())).toBeLessThan(60_000);
    raw.close();
  });

  test('a device keeps its number, another one gets another, whatever number it claims', async () => {
    const first = await RawClient.login(chat.url, loginOf(chat.bob, 'one'));
    const other = await RawClient.open(chat.url);
    await other.provision(loginOf(chat.bob, 'two'), { xid: { uid: chat.bob.uid, deviceSN: first.deviceSN } });
    expect(other.deviceSN).not.toBe(first.deviceSN);
    first.close();
    const again = await RawClient.login(chat.url, loginOf(chat.bob, 'one'));
    expect(again.deviceSN).toBe(first.deviceSN);
    other.close();
    again.close();
  });

  test.each(['', 'nonsense', `t${'A'.repeat(43)}`])(
    'the token "%s" is refused and the client told to log in',
    async (token) => {
      const { status, closed } = await refusal({ ...loginOf(chat.alice), token });
      expect(status?.code).toBe(StatusCode.INVALID_TOKEN);
      expect(closed).toBe(closeCodes.tokenInvalid.code);
    },
  );

  test('someone else’s uid with one’s own token is refused', async () => {
    const { status } = await refusal({ ...loginOf(chat.alice), uid: chat.bob.uid });
    expect(status?.code).toBe(StatusCode.INVALID_TOKEN);
  });

  test('a missing device guid is refused by name', async () => {
    const { status } = await refusal(loginOf(chat.alice, ''));
    expect(status).toMatchObject({ code: StatusCode.INVALID_PARAMETER });
    expect(status?.reason).toContain('device_guid');
  });

  test('a token stops working when the password is changed elsewhere', async () => {
    const old = chat.carol.token;
    const params = { old_password: 'correct-horse-1', new_password: 'correct-horse-2' };
    const { token } = await callRest(chat.url, 'tokenByName', { name: 'carol', password: 'correct-horse-1' });
    const raw = await RawClient.login(chat.url, loginOf(chat.carol));
    await chat.call({ ...chat.carol, token }, 'userChangePassword', params);
    expect(await raw.closed()).toBe(closeCodes.passwordChanged.code);
    const { closed } = await refusal({ ...loginOf(chat.carol), token: old });
    expect(closed).toBe(closeCodes.tokenInvalid.code);
    chat.carol.token = token;
  });

  test('the same device connecting again ends the older session, with a notice and a code that says stop', async () => {
    const older = await chat.phone(chat.alice, 'same');
    const newer = await chat.phone(chat.alice, 'same');
    expect(await older.raw.closed()).toBe(closeCodes.kickedBySameDevice.code);
    const meta = older.pushed.flatMap((sync) => sync.metas).find((m) => m.ns === Namespace.USER_NOTICE);
    expect(meta && decodeUserNotice(meta.payload).type).toBe(UserNoticeType.KICK_BY_SAME_DEVICE);
    expect((await newer.text(chat.bob.uid, 'I am the one')).status?.code).toBe(StatusCode.OK);
  });

  test('a device that logged in anew says so where it is, and lives as long as the new token', async () => {
    const raw = await RawClient.login(chat.url, loginOf(chat.alice, 'twice'));
    const { token } = await callRest(chat.url, 'tokenByName', { name: 'alice', password: 'correct-horse-1' });
    const { deviceSN } = raw;
    expect((await raw.provision({ ...loginOf(chat.alice, 'twice'), token })).xid).toEqual({
      uid: chat.alice.uid,
      deviceSN,
    });
    await callRest(chat.url, 'tokenRevoke', {}, { token });
    expect(await raw.closed()).toBe(closeCodes.tokenInvalid.code);
  });

  test('a device that says so again and again waits, as with messages', async () => {
    const slow = await startChat({ messagesPerSec: 2, messageBurst: 2 });
    const login = { uid: slow.alice.uid, token: slow.alice.token, guid: 'phone' };
    const raw = await RawClient.login(slow.url, login);
    const startedAt = performance.now();
    for (let i = 0; i < 4; i++) await raw.provision(login);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    raw.close();
    await slow.close();
  });

  test('one socket is one device', async () => {
    const raw = await RawClient.login(chat.url, loginOf(chat.alice, 'one of two'));
    await expect(raw.provision(loginOf(chat.alice, 'two of two'))).rejects.toThrow('another device');
    expect(await raw.closed()).toBe(closeCodes.malformed.code);
  });

  test('other devices hear of a device that comes and goes', async () => {
    const phone = await chat.phone(chat.alice, 'listener');
    const types = () =>
      phone.pushed
        .flatMap((sync) => sync.metas)
        .filter((meta) => meta.ns === Namespace.USER_NOTICE)
        .map((meta) => decodeUserNotice(meta.payload).type);
    const other = await RawClient.login(chat.url, loginOf(chat.alice, 'visitor'));
    await phone.pushedWhere(() => types().includes(UserNoticeType.DEVICE_LOGIN), 'DEVICE_LOGIN');
    expect(types()).toContain(UserNoticeType.DEVICE_ADDED);
    other.close();
    await phone.pushedWhere(() => types().includes(UserNoticeType.DEVICE_LOGOUT), 'DEVICE_LOGOUT');
  });

  test('an eleventh device takes the place of the one longest away', async () => {
    const numbers: number[] = [];
    for (let i = 0; i < 11; i++) {
      const raw = await RawClient.login(chat.url, loginOf(chat.bob, `device ${i}`));
      numbers.push(raw.deviceSN);
      raw.close();
      await raw.closed();
    }
    expect(new Set(numbers).size).toBe(11);
  });

  test('a version 1 session pulls, acknowledges and is told when it has all', async () => {
    const [alice, raw] = [await chat.phone(chat.alice), await RawClient.open(chat.url, Vsn.V1)];
    await raw.provision(loginOf(chat.bob, 'old client'));
    const noticed = new Promise<number | undefined>((resolve) => {
      raw.onNotice = (notice) => resolve(notice?.xid.uid);
    });
    const ofAlice = () => raw.nextSync((sync) => sync.xid?.uid === chat.alice.uid);
    const { serverMid } = await alice.text(chat.bob.uid, 'for an old client');
    // What it has of the conversation is not known yet: a push could make it acknowledge what it lacks.
    expect(await noticed).toBe(chat.alice.uid);
    let page = ofAlice();
    raw.sync({ xid: { uid: chat.alice.uid } });
    const { nextKey, metas } = await page;
    expect(metas.at(-1)?.id).toBe(serverMid);
    page = ofAlice();
    raw.sync({ xid: { uid: chat.alice.uid }, key: nextKey });
    expect(await page).toMatchObject({ metas: [], nextKey: 0, status: { code: StatusCode.OK } });
    page = ofAlice();
    const next = await alice.text(chat.bob.uid, 'now it can be pushed');
    expect(await page).toMatchObject({ nextKey: next.serverMid, prevMid: 0 });
    raw.close();
  });
});
