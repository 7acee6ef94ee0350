import { rmSync } from 'node:fs';
import type { createServer } from '@flooim/server';
import { RawDevice } from './raw-device.ts';
import { readHistory, record } from './record.ts';
import type { Run } from './run.ts';
import { seedUsers } from './seed-users.ts';
import { startServer, temporaryFolder } from './start-server.ts';
import { type Tamper, TamperProxy } from './tamper-proxy.ts';

export interface ScenarioOptions {
  overrides?: Parameters<typeof createServer>[1];
  tamper?: Tamper;
}

/**
 * A short life of three users with two devices each, in which everything that the checker looks at happens once: talk
 * both ways, a device that is away and comes back, a send that is repeated, reading, a recall. Gives the recorded run.
 */
export async function playScenario({ overrides, tamper = {} }: ScenarioOptions = {}): Promise<Run> {
  const data = temporaryFolder();
  const users = await seedUsers(data, 3, 'user');
  const server = await startServer({ data }, overrides);
  const proxy = await TamperProxy.start(server.url, tamper);
  const devices = users.flatMap((user) =>
    ['phone', 'laptop'].map(
      (name) => new RawDevice(proxy.url, { ...user, guid: `${user.guid}-${name}` }, { window: 8 }),
    ),
  );
  try {
    for (const device of devices) device.start();
    await settleAll(devices);
    await live(devices);
    await settleAll(devices);
    for (const device of devices) device.refresh();
    await settleAll(devices);
    const history = await readHistory(devices.filter((_, i) => i % 2 === 0));
    return record({ data, devices, history });
  } finally {
    await Promise.all(devices.map((device) => device.stop()));
    await proxy.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

async function live(devices: readonly RawDevice[]): Promise<void> {
  const [alice, , bob, bobLaptop, carol] = devices as [RawDevice, RawDevice, RawDevice, RawDevice, RawDevice];
  talk(alice, bob, 'first', 20);
  talk(bob, carol, 'first', 5);
  await settleAll(devices);
  await bobLaptop.stop();
  talk(alice, bob, 'while away', 20);
  await settleAll(devices.filter((device) => device !== bobLaptop));
  await readNewest(bob, alice);
  bobLaptop.start();
  await settleAll(devices);
  repeatLast(alice);
  await readNewest(bobLaptop, alice);
  await bob.stop();
  bob.start();
  await settleAll(devices);
  await alice.recall(bob.uid, alice.sends[3]?.mids[0] ?? 0).catch(() => {});
  talk(alice, bob, 'after', 5);
}

function talk(one: RawDevice, other: RawDevice, about: string, count: number): void {
  for (let i = 0; i < count; i++) {
    one.say(other.uid, `${about} ${i} from ${one.uid}`);
    other.say(one.uid, `${about} ${i} from ${other.uid}`);
  }
}

/** As a client that did not hear the acknowledgement. */
function repeatLast(device: RawDevice): void {
  const last = device.sends.at(-1);
  if (last) device.client?.sync({ meta: last.meta });
}

async function readNewest(reader: RawDevice, peer: RawDevice): Promise<void> {
  const newest = reader.conversation(peer.uid).messages.at(-1);
  if (newest) await reader.read(peer.uid, newest.mid).catch(() => {});
}

/** Twice, because what settles one device may be on the way to another. */
async function settleAll(devices: readonly RawDevice[]): Promise<void> {
  for (let i = 0; i < 2; i++) {
    await Promise.all(devices.map((device) => device.settle()));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
