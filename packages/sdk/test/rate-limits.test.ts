import { errors } from '@flooim/protocol';
import { startServer, type TestServer } from '@flooim/testkit';
import type { FlooError } from 'flooim';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeWorld, me, signIn } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { closeAll, open, password, until } from './support.ts';

const tooOften = { code: errors.tooManyRequests.code, message: 'too many requests', retry_after_ms: 60_000 };

describe('a server that is asked too often', () => {
  let server: TestServer;
  afterEach(async () => {
    await closeAll();
    await server.close();
  });

  async function member(name: string) {
    const client = open({ appid: 'flooim', dnsServer: `${server.url}/v2/app_dns` });
    await client.im.rosterManage.asyncRegester({ username: name, password });
    await client.im.login({ name, password });
    return client;
  }

  /** Asks until it is too often. */
  async function exhaust({ im }: Awaited<ReturnType<typeof member>>): Promise<FlooError> {
    for (;;) {
      const refusal = await im.userManage.asyncGetDevices().then(
        () => undefined,
        (error: FlooError) => error,
      );
      if (refusal) return refusal;
    }
  }

  test('rejects a call with the time to wait, and takes it after that', async () => {
    server = await startServer({ userRequestsPerSec: 1 });
    const ada = await member('ada');
    const { code, serverCode, retryAfterMs = 0 } = await exhaust(ada);
    expect([code, serverCode]).toEqual(['RATE_LIMITED', errors.tooManyRequests.code]);
    expect(retryAfterMs).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs + 5));
    await ada.im.userManage.asyncGetDevices();
  });

  test('says so at the login too', async () => {
    server = await startServer({ loginsPerMin: 3 });
    await member('ada');
    const again = open({ appid: 'flooim', dnsServer: `${server.url}/v2/app_dns` });
    await again.im.login({ name: 'ada', password });
    await expect(again.im.login({ name: 'ada', password })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.any(Number),
    });
  });

  test('is asked later for what changed in the background', async () => {
    server = await startServer({ userRequestsPerSec: 4 });
    const ada = await member('ada');
    const bob = await member('bob');
    await ada.im.userManage.asyncUpdateSettings({ auth_mode: 0 });
    const uid = ada.im.userManage.getUid();
    await exhaust(ada);
    await bob.im.rosterManage.asyncApply({ user_id: uid, alias: '' });
    const friend = bob.im.userManage.getUid();
    await until(() => ada.im.rosterManage.getRosterInfo(friend) !== undefined, 'the new friend', 20_000);
  }, 40_000);
});

describe('an instance that was told to wait', () => {
  afterEach(closeAll);

  test('reconnects no sooner for a new token, whatever happens meanwhile', async () => {
    const world = fakeWorld();
    const socket = await signIn(world);
    world.answers['/token/user'] = tooOften;
    socket.end(4100);
    for (let i = 0; i < 5; i++) await settle();
    const asked = world.asked.length;
    const sockets = FakeSocket.all.length;
    world.im.connection.reconnectNow();
    await world.clock.advance(59_999);
    world.im.connection.reconnectNow();
    await settle();
    expect([world.asked.length, FakeSocket.all.length]).toEqual([asked, sockets]);
    world.answers['/token/user'] = { user_id: me, token: 't2' };
    await world.clock.advance(1);
    world.im.connection.reconnectNow();
    await settle();
    expect(FakeSocket.all.length).toBe(sockets + 1);
  });

  test('stays where the services were when the DNS server refuses', async () => {
    const world = fakeWorld({}, ['a.test']);
    const socket = await signIn(world);
    world.answers['/v2/app_dns'] = tooOften;
    socket.end(1006);
    await world.clock.advance(2000);
    // The only host does not answer: the DNS server is asked anew.
    const asked = world.asked.length;
    const sockets = FakeSocket.all.length;
    FakeSocket.last.end(1006);
    await world.clock.advance(5000);
    expect(world.asked.slice(asked)).toContain('dns.test/v2/app_dns');
    expect(FakeSocket.all.length).toBe(sockets + 1);
    expect(world.of('flooError')).toEqual([]);
  });

  test('asks in the background no sooner, and not after somebody else has come', async () => {
    const world = fakeWorld({ autoLogin: true, platform: { keyValue: storedSession() } });
    world.answers['/roster/list'] = tooOften;
    await world.im.ready;
    for (let i = 0; i < 5; i++) await settle();
    FakeSocket.last.accept(me);
    FakeSocket.last.nothingUnread();
    for (let i = 0; i < 5; i++) await settle();
    const asks = () => world.asked.filter((path) => path.endsWith('/roster/list')).length;
    expect(asks()).toBe(1);
    await world.clock.advance(59_999);
    expect(asks()).toBe(1);
    await world.clock.advance(60_001);
    expect(asks()).toBe(2);
    await world.im.logout();
    await world.clock.advance(200_000);
    expect(asks()).toBe(2);
  });

  test('takes the word of a proxy for it', async () => {
    const refusal = new Response('<html>slow down</html>', { status: 429, headers: { 'retry-after': '7' } });
    const world = fakeWorld({ platform: { fetch: async () => refusal } });
    await expect(world.im.login({ name: 'ada', password })).rejects.toMatchObject({ retryAfterMs: 7000 });
  });
});

function storedSession() {
  const kept = new Map([['flooim:flooim:session', JSON.stringify({ uid: me, token: 'old' })]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}
