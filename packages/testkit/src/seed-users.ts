import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { defaultConfig } from '../../server/src/config.ts';
import { createContext } from '../../server/src/context.ts';
import { runBatch } from '../../server/src/store/batch.ts';
import { Database } from '../../server/src/store/database.ts';
import { writes } from '../../server/src/writes.ts';
import type { Login } from './raw-client.ts';

export interface SeededUser extends Login {
  username: string;
}

const batchSize = 2000;

/**
 * Writes users with one token each straight into a data folder that no server holds, by the server's own commands: no
 * password is hashed, so thousands take a second. They log in by their token.
 */
export async function seedUsers(data: string, count: number, prefix = 'load'): Promise<SeededUser[]> {
  await makeDataFolder(data);
  const db = new Database(join(data, 'flooim.db'), 'write');
  const users: SeededUser[] = [];
  for (let first = 0; first < count; first += batchSize) {
    users.push(...seedBatch(db, prefix, first, Math.min(batchSize, count - first)));
  }
  db.close();
  return users;
}

/** More tokens for a user, each for one more device of his. */
export function seedTokens(data: string, user: SeededUser, count: number): SeededUser[] {
  const db = new Database(join(data, 'flooim.db'), 'write');
  const logins = Array.from({ length: count }, (_, i) => ({ ...user, ...newLogin(`${user.guid}-${i + 2}`) }));
  storeTokens(db, logins);
  db.close();
  return logins;
}

/** Makes everybody everybody's friend. */
export function seedFriends(data: string, uids: readonly number[]): void {
  const db = new Database(join(data, 'flooim.db'), 'write');
  const befriend = uids.slice(0, -1).map((uid, i) => ({
    name: 'roster.befriend',
    args: { appId: 'flooim', uid, peers: uids.slice(i + 1), time: Date.now() },
  }));
  run(db, befriend);
  db.close();
}

/** Logs of pairs, so that a run does not begin with making them. */
export function seedPairs(data: string, pairs: readonly (readonly [number, number])[]): void {
  const db = new Database(join(data, 'flooim.db'), 'write');
  run(
    db,
    pairs.map(([a, b]) => ({ name: 'conversation.pair', args: { a, b } })),
  );
  db.close();
}

/** A group of all of these, the first one's; its id. */
export function seedGroup(data: string, uids: readonly number[]): number {
  const db = new Database(join(data, 'flooim.db'), 'write');
  const [uid, ...users] = uids;
  const about = { name: 'a crowd', description: '', avatar: '', type: 0, capacity: uids.length };
  const [created] = run(db, [
    { name: 'group.create', args: { ...about, appId: 'flooim', uid, users, time: Date.now() } },
  ]);
  db.close();
  return (created as { gid: number }).gid;
}

async function makeDataFolder(data: string): Promise<void> {
  await createContext(defaultConfig({ data, writer: 'inline', logLevel: 'silent' })).close();
}

function seedBatch(db: Database, prefix: string, first: number, count: number): SeededUser[] {
  const time = Date.now();
  const names = Array.from({ length: count }, (_, i) => `${prefix}${first + i}`);
  const created = run(
    db,
    names.map((username) => ({
      name: 'user.create',
      args: { appId: 'flooim', username, passwordHash: 'none', time },
    })),
  );
  const users = created.map(
    (result, i): SeededUser => ({
      uid: (result as { uid: number }).uid,
      username: names[i] as string,
      ...newLogin(`${names[i]}-device`),
    }),
  );
  storeTokens(db, users);
  return users;
}

function newLogin(guid: string): Pick<SeededUser, 'token' | 'guid'> {
  return { token: `t${randomBytes(32).toString('base64url')}`, guid };
}

function storeTokens(db: Database, logins: readonly SeededUser[]): void {
  const time = Date.now();
  const create = logins.map(({ uid, token, guid }) => ({
    name: 'token.create',
    args: {
      hash: createHash('sha256').update(token).digest(),
      uid,
      deviceGuid: guid,
      expiresAt: time + 86_400_000,
      createdAt: time,
    },
  }));
  run(db, create);
}

function run(db: Database, jobs: { name: string; args: unknown }[]): unknown[] {
  return runBatch(db, writes, jobs).map((outcome) => {
    if (!outcome.ok) throw new Error(outcome.failure.text);
    return outcome.result;
  });
}
