import { closeSync, fsyncSync, openSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ContentType, encodeMessageBody, MessageType, Namespace, OsType } from '@flooim/protocol';
import { type SeededUser, seedPairs, seedUsers } from '@flooim/testkit';
import { folderUntilTheEnd } from './temporary.ts';

/** A data folder with many stored messages, that no server holds. */
export interface FilledFolder {
  data: string;
  /** Two users whose log has all of the entries. */
  long: readonly [SeededUser, SeededUser];
  /** Mids of that log are spread evenly from 1 to this. */
  lastMid: number;
  /** Pairs who have talked now and then meanwhile, and whose devices have everything. */
  talkers: (readonly [SeededUser, SeededUser])[];
  /** Somebody who has a conversation with each of many others. One in ten has news for him. */
  popular: SeededUser;
}

export interface Filling {
  /** In the long log; a tenth as many are in the others. */
  entries: number;
  talkers: number;
  conversations: number;
}

/** Of an entry on disk, with its indexes; measured. */
export const bytesEach = 170;
/** Of each conversation, at least. */
const fewest = 8;
/** What the popular one has not seen of a conversation with news. */
const news = 4;
const textCount = 64;
/** As the schema says. */
const messageKind = 1;
/** Everybody has logged in before, on one device. */
const deviceSN = 1;

/** Fills a new folder, by the server's own schema and encoding, in a few seconds a million entries. */
export async function fillFolder({ entries, talkers, conversations }: Filling): Promise<FilledFolder> {
  const { bavail, bsize } = statfsSync(tmpdir());
  // Indexes are sorted in temporary files.
  const needed = entries * bytesEach * 3;
  if (bavail * bsize < needed) throw new Error(`${tmpdir()} has no room for ${entries} entries`);
  const data = folderUntilTheEnd();
  const users = await seedUsers(data, 2 + talkers * 2 + 1 + conversations);
  const [a, b, ...others] = users as [SeededUser, SeededUser, ...SeededUser[]];
  const twos = Array.from(
    { length: talkers },
    (_, i) => [others[2 * i], others[2 * i + 1]] as [SeededUser, SeededUser],
  );
  const [popular, ...friends] = others.slice(talkers * 2) as [SeededUser, ...SeededUser[]];
  const places = [[a, b] as const, ...twos, ...friends.map((friend) => [friend, popular] as const)];
  seedPairs(
    data,
    places.map(([from, to]) => [from.uid, to.uid]),
  );
  const path = join(data, 'flooim.db');
  const db = new DatabaseSync(path);
  // Nothing that a crash could spoil: an unfinished folder is thrown away.
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN');
  const besides = places.length === 1 ? 0 : Math.max(Math.ceil(entries / 10), conversations * fewest);
  const lastMid = entries + besides;
  writePlaces(db, places);
  writeTexts(db);
  withoutIndexes(db, () => writeEntries(db, lastMid, besides, places.length - 1));
  db.exec(`UPDATE log SET (last_mid, last_message) = (SELECT coalesce(max(mid), 0), coalesce(max(mid), 0) FROM entry e
    WHERE e.log_id = log.log_id)`);
  writeDevices(db, users, lastMid);
  writePositions(db, popular.uid);
  db.exec('DROP TABLE place; DROP TABLE text; COMMIT; PRAGMA journal_mode = WAL');
  db.close();
  flush(path);
  return { data, long: [a, b], lastMid, talkers: twos, popular };
}

/** Else the system would write it out while something is measured. */
function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

function writePlaces(db: DatabaseSync, places: readonly (readonly [SeededUser, SeededUser])[]): void {
  db.exec('CREATE TABLE place (n INTEGER PRIMARY KEY, log_id INTEGER, a INTEGER, b INTEGER)');
  const insert = db.prepare(
    'INSERT INTO place SELECT ?1, log_id, ?2, ?3 FROM pair WHERE lo = min(?2, ?3) AND hi = max(?2, ?3)',
  );
  for (const [n, [from, to]] of places.entries()) insert.run(n, from.uid, to.uid);
}

function writeTexts(db: DatabaseSync): void {
  db.exec('CREATE TABLE text (n INTEGER PRIMARY KEY, payload BLOB)');
  const insert = db.prepare('INSERT INTO text VALUES (?, ?)');
  for (let n = 0; n < textCount; n++) {
    const content = `Message ${n}: ${'the quick brown fox jumps over the lazy dog '.repeat(3).slice(0, 10 + 2 * n)}`;
    insert.run(n, encodeMessageBody({ type: MessageType.CHAT, ctype: ContentType.TEXT, content }));
  }
}

/** In the order of mids, as they came: one in some goes to the others' logs in turn, who is its author varies. */
function writeEntries(db: DatabaseSync, lastMid: number, besides: number, others: number): void {
  const startedAt = Date.now() - lastMid;
  // As text: a bound number would be a fraction, and so what is divided.
  const besidesUpTo = (mid: string) => `(${mid}) * ${besides} / ${lastMid}`;
  db.exec(
    `WITH RECURSIVE one (mid) AS (SELECT 1 UNION ALL SELECT mid + 1 FROM one WHERE mid < ${lastMid}),
     placed (mid, place, isSecond) AS (
       SELECT mid, iif(${besidesUpTo('mid')} > ${besidesUpTo('mid - 1')}, 1 + ${besidesUpTo('mid')} * 7919 % ${Math.max(others, 1)}, 0),
         mid * 7919 / 64 % 2 FROM one)
     INSERT INTO entry (mid, log_id, kind, from_uid, from_device, to_uid, client_mid, ns, time, payload)
     SELECT o.mid, p.log_id, ${messageKind}, iif(isSecond, p.b, p.a), ${deviceSN}, iif(isSecond, p.a, p.b),
       ${startedAt * 1000} + o.mid, ${Namespace.MESSAGE}, ${startedAt} + o.mid, t.payload
     FROM placed o CROSS JOIN place p ON p.n = o.place CROSS JOIN text t ON t.n = o.mid * 7919 / 16 % ${textCount}`,
  );
}

/** Made anew in one go, they are sorted instead of searched for each entry. */
function withoutIndexes(db: DatabaseSync, fill: () => void): void {
  const indexes = db
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'entry' AND sql <> ''`)
    .all();
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  fill();
  for (const { sql } of indexes) db.exec(String(sql));
}

function writeDevices(db: DatabaseSync, users: readonly SeededUser[], lastMid: number): void {
  const insert = db.prepare(
    `INSERT INTO device (uid, device_sn, guid, platform, agent, first_mid, seen_at) VALUES (?, ${deviceSN}, ?, ?, 'testkit', ?, ?)`,
  );
  for (const { uid, guid } of users) insert.run(uid, guid, OsType.LINUX, lastMid, Date.now());
  db.exec(`UPDATE user SET last_device = ${deviceSN}`);
}

/** Everybody's device has everything and has read it; of the popular one's conversations one in ten has news. */
function writePositions(db: DatabaseSync, popular: number): void {
  db.exec('UPDATE inbox SET read_mid = (SELECT last_mid FROM log l WHERE l.log_id = inbox.log_id)');
  db.prepare(
    `UPDATE inbox SET read_mid = coalesce((SELECT mid FROM entry e WHERE e.log_id = inbox.log_id ORDER BY mid DESC LIMIT 1 OFFSET ${news}), 0)
     WHERE uid = ? AND peer % 10 = 0`,
  ).run(popular);
  db.exec(`UPDATE inbox SET delivered_mid = read_mid,
    peer_read_mid = coalesce((SELECT p.read_mid FROM inbox p WHERE p.uid = inbox.peer AND p.peer = inbox.uid), 0)`);
  db.exec(
    `INSERT INTO cursor (uid, device_sn, log_id, acked_mid) SELECT uid, ${deviceSN}, log_id, read_mid FROM inbox`,
  );
}
