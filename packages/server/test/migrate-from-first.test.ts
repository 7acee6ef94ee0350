import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { RawDevice, startServer, temporaryFolder, until } from '@flooim/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../src/store/database.ts';
import { migrate, newestSchema } from '../src/store/migrate.ts';
import { ask } from './support/rest.ts';

const [alice, bob, log] = [10001, 10002, 10003];
const tokenOf = (name: string) => `t${name.padEnd(43, 'x')}`;
const first = '001-two-people-chat.sql';

/** A database of the first schema in which two friends have talked. */
function fillFirst(data: string): void {
  const sources = join(data, 'migrations');
  mkdirSync(sources);
  copyFileSync(new URL(`../src/store/migrations/${first}`, import.meta.url), join(sources, first));
  migrate(join(data, 'flooim.db'), pathToFileURL(`${sources}/`));
  rmSync(sources, { recursive: true });
  const db = new Database(join(data, 'flooim.db'), 'write');
  db.run("INSERT INTO app (app_id, name, created_at) VALUES ('flooim', 'flooim', 1)");
  db.run("UPDATE counter SET value = ? WHERE name = 'id'", log);
  db.run('INSERT INTO log (log_id, kind, last_mid, last_message) VALUES (?, 1, 3, 2)', log);
  for (const [uid, name, peer] of [[alice, 'alice', bob] as const, [bob, 'bob', alice] as const]) {
    db.run(
      "INSERT INTO user (uid, app_id, username, password_hash, last_device, created_at) VALUES (?, 'flooim', ?, '', 1, 1)",
      uid,
      name,
    );
    db.run('INSERT INTO log (log_id, kind) VALUES (?, 0)', uid);
    db.run('INSERT INTO inbox (uid, peer, log_id) VALUES (?, 0, ?)', uid, uid);
    const hash = createHash('sha256').update(tokenOf(name)).digest();
    db.run(
      'INSERT INTO token (hash, uid, device_guid, expires_at, created_at) VALUES (?, ?, ?, ?, 1)',
      hash,
      uid,
      name,
      Date.now() + 3600_000,
    );
    db.run(
      "INSERT INTO device (uid, device_sn, guid, platform, agent, first_mid, seen_at) VALUES (?, 1, ?, 1, '', 0, 1)",
      uid,
      name,
    );
    const readMid = uid === bob ? 2 : 0;
    db.run('INSERT INTO inbox (uid, peer, log_id, read_mid) VALUES (?, ?, ?, ?)', uid, peer, log, readMid);
  }
  const add = `INSERT INTO entry (mid, log_id, kind, from_uid, from_device, to_uid, client_mid, ns, time, payload)
    VALUES (?, ?, ?, ?, 1, ?, ?, ?, 1, ?)`;
  for (const [mid, content] of [[1, 'the first'] as const, [2, 'the second'] as const]) {
    const payload = encodeMessageBody({ type: MessageType.CHAT, content });
    db.run(add, mid, log, 1, alice, bob, mid, Namespace.MESSAGE, payload);
  }
  const payload = encodeMessageBody({ type: MessageType.OPER, operation: { type: 1, mid: 2 } });
  db.run(add, 3, log, 2, bob, alice, 3, Namespace.MESSAGE, payload);
  for (const [uid, peer] of [[alice, bob] as const, [bob, alice] as const])
    db.run('INSERT INTO roster (uid, peer, relation, alias) VALUES (?, ?, 0, ?)', uid, peer, `friend ${peer}`);
  db.run('INSERT INTO pair (lo, hi, log_id) VALUES (?, ?, ?)', alice, bob, log);
  db.close();
}

it('a database of the first schema comes to the present one with all that is in it, and people go on talking', async () => {
  const data = temporaryFolder();
  onTestFinished(() => rmSync(data, { recursive: true }));
  fillFirst(data);
  const server = await startServer({ data });
  const { reader } = server.context;
  expect(reader.get('PRAGMA user_version')?.['user_version']).toBe(newestSchema());
  expect(reader.all('PRAGMA foreign_key_check')).toEqual([]);
  expect(reader.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const token = tokenOf('alice');
  expect(await ask(server.url, 'rosterList', {}, { token })).toMatchObject({ code: 200, data: [bob] });
  // What bob has read, alice is told of since the second schema.
  expect(reader.get('SELECT peer_read_mid FROM inbox WHERE uid = ? AND peer = ?', alice, bob)).toEqual({
    peer_read_mid: 2,
  });
  const devices = [[alice, 'alice'] as const, [bob, 'bob'] as const].map(
    ([uid, guid]) => new RawDevice(server.url, { uid, guid, token: tokenOf(guid) }),
  );
  const [ofAlice, ofBob] = devices as [RawDevice, RawDevice];
  for (const device of devices) device.start();
  await ofBob.settle();
  const said = ofAlice.say(bob, 'after it');
  await until(() => ofBob.conversation(alice).messages.at(-1)?.content === said.content, 'the message');
  expect(said.mids).toEqual([4]);
  const history = await ofBob.history(alice);
  expect(history.map(({ mid, uid }) => [mid, uid])).toEqual([
    [4, alice],
    [2, alice],
    [1, alice],
  ]);
  const before = new Database(join(data, `flooim.db.before-${newestSchema()}`), 'read');
  expect(before.get('PRAGMA user_version')?.['user_version']).toBe(1);
  expect(before.get('SELECT count(*) AS count FROM entry')).toEqual({ count: 3 });
  before.close();
  for (const device of devices) await device.stop();
  await server.close();
});
