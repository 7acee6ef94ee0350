import {
  check,
  FaultProxy,
  OldDevice,
  quickTimes,
  record,
  registerUsers,
  SdkDevice,
  startServer,
  storm,
  summarize,
  type TestAccount,
  until,
} from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { runNet } from '../src/bars/net.ts';

/** Two devices of alice and one of bob that are deployed clients, the SDK beside bob's, all behind the proxy. */
async function talkThrough(faults: (proxy: FaultProxy) => Promise<unknown>) {
  const server = await startServer();
  const proxy = await FaultProxy.start(server.url, { seed: 4 });
  const [alice, bob] = (await registerUsers(proxy.url, { friends: true })) as [TestAccount, TestAccount];
  const old = (account: TestAccount) => new OldDevice({ url: proxy.url, account, times: quickTimes });
  const olds = [old(alice), old(alice), old(bob)];
  const phone = new SdkDevice({ url: proxy.url, name: "bob's phone" });
  const devices = [...olds, phone];
  try {
    await Promise.all([...olds.map((device) => device.login()), phone.login(bob.name, bob.password)]);
    let isOver = false;
    const talking = (async () => {
      for (let i = 0; !isOver; i++) {
        for (const [d, device] of devices.entries()) {
          device.say(device.uid === alice.uid ? bob.uid : alice.uid, `${i} of ${d}`);
          if (i % 20 === d * 5) device.read(device.uid === alice.uid ? bob.uid : alice.uid);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await faults(proxy);
    // On a slow machine the faults may have left time for few.
    await until(() => olds.every((one) => one.said.filter(({ outcome }) => outcome === 'sent').length > 5), 'sends');
    isOver = true;
    await talking;
    const judge = () => check(record({ data: server.data, devices }));
    const isQuiet = () => olds.every((one) => one.isSettled) && phone.settled && judge().length === 0;
    await until(isQuiet, 'silence of the checker', { timeoutMs: 40_000, everyMs: 100 }).catch(() => {});
    return { violations: judge(), shown: devices.map((one) => shownBy(one, olds)), alice, bob, devices };
  } finally {
    await Promise.all([...olds.map((device) => device.stop()), phone.dispose()]);
    await proxy.close();
    await server.close();
  }
}

/** What a device shows of its conversation, as far as its sender knows that it was sent, the newest ones that all keep. */
function shownBy(device: OldDevice | SdkDevice, olds: readonly OldDevice[]): string[] {
  const unheard = new Set(
    olds.flatMap((one) => one.said.filter(({ outcome }) => outcome === 'unknown').map(({ whole }) => whole.content)),
  );
  const peer = olds.find((one) => one.uid !== device.uid)?.uid ?? 0;
  const shown = device instanceof SdkDevice ? device.shown(peer) : device.messages(peer);
  return shown
    .map(({ mid, content }) => `${mid} ${content}`)
    .filter((line) => !unheard.has(line.replace(/^\d+ /, '')))
    .slice(-50);
}

describe('deployed clients over a bad link, with the SDK beside them', () => {
  test('show everything once and in order when connections are cut', { timeout: 90_000 }, async () => {
    const { violations, shown } = await talkThrough(async (proxy) => {
      for (let i = 0; i < 12; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100 + i * 20));
        proxy.cut();
      }
    });
    expect(summarize(violations)).toBe('none');
    for (const each of shown) expect(each).toEqual(shown[0]);
  });

  test.for([1, 2])('and in storm %i', { timeout: 90_000 }, async (seed) => {
    const { violations, shown } = await talkThrough((proxy) => storm(proxy, { seed, count: 12 }));
    expect(summarize(violations)).toBe('none');
    for (const each of shown) expect(each).toEqual(shown[0]);
  });

  test('and when the server is killed in between', { timeout: 120_000 }, async () => {
    const { said, violations } = await runNet({ door: 'socketio', seed: 3, faults: 10, kills: 1 });
    expect(summarize(violations)).toBe('none');
    expect(said).toBeGreaterThan(100);
  });
});
