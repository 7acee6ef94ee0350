import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readDatabase, seedPairs, seedUsers, spawnServer, temporaryFolder, until } from '@flooim/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { TalkingPairs } from '../src/bars/talking-pairs.ts';

const program = fileURLToPath(new URL('../../server/bin/flooim.js', import.meta.url));
const flooim = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);

/** An empty place for a folder; gone after the test. */
function newPath(name: string): string {
  const parent = temporaryFolder();
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, name);
}

test('a backup under load holds whatever was acknowledged before it, and devices go on with what is restored', async () => {
  const [data, set, restored] = [newPath('data'), newPath('set'), newPath('restored')];
  const users = await seedUsers(data, 6);
  const [first, , third] = users.map(({ uid }) => uid);
  seedPairs(data, [
    [first, users[1]?.uid],
    [third, users[3]?.uid],
  ] as [number, number][]);
  const server = await spawnServer({ data });
  const load = new TalkingPairs(server.url, users);
  onTestFinished(async () => {
    await load.stop();
    await server.close();
  });
  load.start();
  load.talk();
  await until(() => load.acked > 1000, 'some messages', { timeoutMs: 30_000 });
  const acknowledged = load.devices.flatMap(({ uid, sends }) =>
    sends.filter(({ outcome }) => outcome === 'sent').map(({ mids, content }) => ({ mid: mids[0], uid, content })),
  );
  await flooim('backup', set, '--data', data);
  const during = load.acked - acknowledged.length;
  await load.settle();
  await server.close();
  await flooim('restore', set, '--data', restored);
  const entries = new Map(readDatabase(restored).record.entries.map((entry) => [entry.mid, entry]));
  const kept = acknowledged.filter(({ mid = 0, uid, content }) => {
    const entry = entries.get(mid);
    return entry?.uid === uid && entry.content === content;
  });
  expect(kept).toHaveLength(acknowledged.length);
  expect(acknowledged.length).toBeGreaterThan(1000);
  expect(during).toBeGreaterThan(0);
  // The same port, the same sessions: devices that hold more than the server get what is new all the same.
  const newest = Math.max(...readDatabase(data).record.entries.map(({ mid }) => mid));
  expect(newest).toBeGreaterThan(Math.max(...entries.keys()));
  server.data = restored;
  await server.restart();
  const [alice, bob] = load.devices;
  const said = alice?.say(bob?.uid ?? 0, 'after the restore');
  await until(() => said?.outcome === 'sent', 'an answer', { timeoutMs: 30_000 });
  expect(said?.mids[0]).toBeGreaterThan(newest);
  const shown = () => bob?.conversation(alice?.uid ?? 0).messages.at(-1);
  await until(() => shown()?.mid === said?.mids[0], 'the message', { timeoutMs: 30_000 });
}, 120_000);
