import { rmSync } from 'node:fs';
import { RawDevice } from '../raw-device.ts';
import { readHistory, record } from '../record.ts';
import type { Run } from '../run.ts';
import type { ScenarioOptions } from '../scenario.ts';
import { type SeededUser, seedUsers } from '../seed-users.ts';
import { startServer, temporaryFolder } from '../start-server.ts';
import { TamperProxy } from '../tamper-proxy.ts';
import { until } from '../wait.ts';
import { quickTimes } from './old-connection.ts';
import { OldDevice } from './old-device.ts';

/** So that what is said one after the other has one client mid. */
const clockStepMs = 50;

/**
 * A short life of deployed clients, with devices of version 2 as peers and beside them, in which everything that the checker
 * looks at happens once: talk both ways, two sends with one client mid, a device that is away and comes back, a send that is
 * repeated, reading, a recall. Gives the recorded run.
 */
export async function playOldScenario({ overrides, tamper = {} }: ScenarioOptions = {}): Promise<Run> {
  const data = temporaryFolder();
  const [alice, bob, carol] = (await seedUsers(data, 3, 'user')) as [SeededUser, SeededUser, SeededUser];
  const server = await startServer({ data }, overrides);
  const proxy = await TamperProxy.start(server.url, tamper);
  const old = (user: SeededUser, name: string) =>
    new OldDevice({
      url: server.url,
      realtimeUrl: proxy.url,
      account: { ...user, guid: `${user.uid}_${name}` },
      times: quickTimes,
      clock: () => Math.floor(Date.now() / clockStepMs) * clockStepMs,
    });
  const olds = [old(alice, '1'), old(alice, '2'), old(bob, '1'), old(carol, '1')] as const;
  const raws = [bob, carol].map((user) => new RawDevice(proxy.url, { ...user, guid: `${user.guid}-new` }));
  const settle = () => settleAll(olds, raws);
  try {
    for (const raw of raws) raw.start();
    await Promise.all(olds.map((device) => device.login()));
    await live(olds, raws, settle);
    // Pages of history bring what is read, which a device has to know without them.
    const run = record({ data, devices: [...olds, ...raws] });
    return { ...run, history: await readHistory([olds[0], ...raws]) };
  } finally {
    await Promise.all([...olds, ...raws].map((device) => device.stop()));
    await proxy.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

type Olds = readonly [OldDevice, OldDevice, OldDevice, OldDevice];

async function live([alice, tablet, bob, carol]: Olds, raws: readonly RawDevice[], settle: () => Promise<void>) {
  const [bobNew] = raws as [RawDevice];
  talk([alice, bob, bobNew], 'first', 8);
  talk([carol, bob], 'first', 3);
  await settle();
  await tablet.stop();
  talk([alice, bob], 'while away', 8);
  await settleAll([alice, bob, carol], raws);
  alice.read(bob.uid);
  bob.read(alice.uid);
  tablet.connection.start();
  await settle();
  const last = alice.said.at(-1);
  if (last) alice.repeat(last);
  talk([tablet, bobNew], 'again', 4);
  bob.connection.drop();
  await settle();
  await alice.recall(bob.uid, alice.said[3]?.mids[0] ?? 0).catch(() => {});
  tablet.read(bob.uid);
  talk([alice, bob], 'after', 2);
  await settle();
}

/** Everybody says something to everybody who is somebody else. */
function talk(devices: readonly (OldDevice | RawDevice)[], about: string, rounds: number): void {
  for (let i = 0; i < rounds; i++) {
    for (const one of devices) {
      const others = devices.filter((other) => other.uid !== one.uid);
      for (const other of others)
        one.say(other.uid, `${about} ${i} from ${one.uid}/${one.deviceSN} to ${other.deviceSN}`);
    }
  }
}

/** Twice, because what settles one device may be on the way to another. */
async function settleAll(olds: readonly OldDevice[], raws: readonly RawDevice[]): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const settled = () => olds.every((device) => device.isSettled) && raws.every((device) => device.settled);
    await until(settled, 'all devices to settle', { timeoutMs: 20_000 });
  }
}
