import {
  check,
  FaultProxy,
  readDatabase,
  record,
  type SdkDevice,
  type SdkDeviceOptions,
  startServer,
  startUsers,
  storm,
  summarize,
  type TestUser,
  until,
} from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { runNet } from '../src/bars/net.ts';

/** Everybody says so many things to everybody else, from every device, a little apart. */
async function chat(users: readonly TestUser[], rounds: number): Promise<number> {
  let said = 0;
  for (let i = 0; i < rounds; i++) {
    for (const [d, device, user] of users.flatMap((one) => one.devices.map((each, n) => [n, each, one] as const))) {
      for (const other of users) {
        if (other === user) continue;
        device.say(other.uid, `${i} from ${user.name}/${d} to ${other.name}`);
        said++;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return said;
}

function shownByAll(devices: readonly SdkDevice[], users: readonly TestUser[]): number {
  return Math.min(
    ...devices.map((device) =>
      users.reduce((sum, user) => sum + (user.uid === device.uid ? 0 : device.shown(user.uid).length), 0),
    ),
  );
}

async function chatThrough(
  faults: (proxy: FaultProxy) => Promise<unknown>,
  transport: SdkDeviceOptions['transport'] = 'websocket',
) {
  const server = await startServer();
  const proxy = await FaultProxy.start(server.url, { seed: 9 });
  const all = await startUsers(proxy.url, { friends: true, transport });
  const users = [all.alice, all.bob, all.carol];
  const devices = users.flatMap((user) => user.devices);
  try {
    const [said] = await Promise.all([chat(users, 12), faults(proxy)]);
    // Each user sees two of the three conversations, with all that was said there.
    const expected = (said * 2) / 3;
    const done = () => devices.every((device) => device.settled) && shownByAll(devices, users) >= expected;
    const state = () =>
      devices.map((d) => `${d.name} ${d.im.connection.state.name} ${shownByAll([d], users)}`).join(', ');
    await until(done, `everybody to have ${expected}`, { timeoutMs: 40_000, everyMs: 50 }).catch((error: Error) => {
      throw new Error(
        `${error.message}: ${state()}; in the database ${readDatabase(server.data).record.entries.length}`,
      );
    });
    return check(record({ data: server.data, devices }));
  } finally {
    await all.dispose();
    await proxy.close();
    await server.close();
  }
}

describe('the SDK over a bad link', () => {
  test('shows everything once and in order on a good one', { timeout: 60_000 }, async () => {
    expect(summarize(await chatThrough(async () => {}))).toBe('none');
  });

  test('loses, doubles and reorders nothing when connections are cut', { timeout: 90_000 }, async () => {
    const violations = await chatThrough(async (proxy) => {
      for (let i = 0; i < 6; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100 + i * 50));
        proxy.cut();
      }
    });
    expect(summarize(violations)).toBe('none');
  });

  test.for([1, 2])('nor in storm %i, with a kill -9 in it', { timeout: 120_000 }, async (seed) => {
    const { said, violations } = await runNet({ seed, faults: 8, kills: 1 });
    expect(summarize(violations)).toBe('none');
    expect(said).toBeGreaterThan(100);
  });

  test('nor in a storm by the Socket.IO door', { timeout: 90_000 }, async () => {
    const violations = await chatThrough((proxy) => storm(proxy, { seed: 3, count: 8 }), 'socketio');
    expect(summarize(violations)).toBe('none');
  });
});
