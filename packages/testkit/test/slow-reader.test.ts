import { rmSync } from 'node:fs';
import {
  check,
  FaultProxy,
  RawDevice,
  record,
  seedUsers,
  startServer,
  summarize,
  temporaryFolder,
} from '@flooim/testkit';
import { expect, test } from 'vitest';

test('a device that stops reading gets everything once it reads again', async () => {
  const data = temporaryFolder();
  const [alice, bob] = await seedUsers(data, 2);
  if (!alice || !bob) throw new Error('no users');
  const server = await startServer({ data });
  const proxy = await FaultProxy.start(server.url);
  const talker = new RawDevice(server.url, alice);
  const listener = new RawDevice(proxy.url, bob, { silenceMs: 60_000 });
  try {
    talker.start();
    listener.start();
    await Promise.all([talker.settle(), listener.settle()]);
    proxy.set({ kind: 'stall' });
    // More than one session's queue and the kernel's buffers hold.
    const filler = 'x'.repeat(12_000);
    for (let i = 0; i < 1500; i++) talker.say(bob.uid, `${i} ${filler}`);
    await talker.settle(30_000);
    expect(server.context.registry.of(bob.uid)).toHaveLength(1);
    proxy.set({ kind: 'pass' });
    await listener.settle();
    await expect.poll(() => listener.conversation(alice.uid).messages.length, { timeout: 20_000 }).toBe(1500);
    await Promise.all([talker.settle(), listener.settle()]);
    expect(summarize(check(record({ data, devices: [talker, listener] })))).toBe('none');
  } finally {
    await Promise.all([talker.stop(), listener.stop()]);
    await proxy.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}, 90_000);
