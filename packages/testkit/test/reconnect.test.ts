import { rmSync } from 'node:fs';
import {
  check,
  FaultProxy,
  RawDevice,
  readHistory,
  record,
  seedUsers,
  startServer,
  storm,
  summarize,
  temporaryFolder,
  until,
} from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { TalkingPairs } from '../src/bars/talking-pairs.ts';

async function talkThrough(faults: (proxy: FaultProxy) => Promise<unknown>) {
  const data = temporaryFolder();
  const users = await seedUsers(data, 4);
  const server = await startServer({ data });
  const proxy = await FaultProxy.start(server.url, { seed: 5 });
  const load = new TalkingPairs(proxy.url, users, { silenceMs: 600, window: 4 });
  const second = users.map(
    (user) => new RawDevice(proxy.url, { ...user, guid: `${user.guid}-second` }, { silenceMs: 600 }),
  );
  try {
    load.start();
    for (const device of second) device.start();
    load.talk();
    await faults(proxy);
    // On a slow machine the faults may have left time for few.
    await until(() => load.acked > 20, 'messages that were acknowledged', { timeoutMs: 20_000 });
    await load.settle();
    await Promise.all(second.map((device) => device.settle()));
    const devices = [...load.devices, ...second];
    return check(record({ data, devices, history: await readHistory(devices) }));
  } finally {
    await Promise.all([load.stop(), ...second.map((device) => device.stop())]);
    await proxy.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

describe('talking over a bad link', () => {
  test('loses, doubles and reorders nothing when connections are cut', { timeout: 60_000 }, async () => {
    const violations = await talkThrough(async (proxy) => {
      for (let i = 0; i < 15; i++) {
        await new Promise((resolve) => setTimeout(resolve, 40 + i * 10));
        proxy.cut();
      }
    });
    expect(summarize(violations)).toBe('none');
  });

  test.for([1, 2, 3])(
    'nor in storm %i of cuts, half-open links, stalls, slices and slow lines',
    { timeout: 60_000 },
    async (seed) => {
      const violations = await talkThrough((proxy) => storm(proxy, { seed, count: 12 }));
      expect(summarize(violations)).toBe('none');
    },
  );
});
