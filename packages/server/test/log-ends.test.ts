import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBatch } from '../src/store/batch.ts';
import { Database } from '../src/store/database.ts';
import { appendEntry, createLog, EntryKind, LogKind, type NewEntry } from '../src/store/entry.ts';
import { migrate } from '../src/store/migrate.ts';

const commands = {
  append: (db: Database, { entry }: { entry: NewEntry }) => appendEntry(db, entry),
  appendAndThrow(db: Database, { entry }: { entry: NewEntry }) {
    appendEntry(db, entry);
    throw new Error('a bug');
  },
};

const entry = (logId: number): NewEntry => ({
  logId,
  kind: EntryKind.message,
  fromUid: 1,
  fromDevice: 1,
  toUid: 2,
  clientMid: null,
  ns: 1,
  time: 1,
  payload: Uint8Array.of(1),
});
const append = (logId: number) => ({ name: 'append', args: { entry: entry(logId) } });
const fail = (logId: number) => ({ name: 'appendAndThrow', args: { entry: entry(logId) } });

let folder: string;
let db: Database;

beforeEach(() => {
  folder = temporaryFolder();
  migrate(join(folder, 'flooim.db'));
  db = new Database(join(folder, 'flooim.db'), 'write');
  for (const logId of [100, 200]) createLog(db, logId, LogKind.pair);
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const placed = (jobs: readonly ReturnType<typeof append>[]) =>
  runBatch(db, commands, jobs).map((outcome) => (outcome.ok ? outcome.result : outcome.failure.kind));

describe('the end of a log, as the next entry finds it', () => {
  test('is that of its own log, in one transaction and from one to the next', () => {
    expect(placed([append(100), append(200), append(100)])).toEqual([
      { mid: 1, prevMid: 0 },
      { mid: 2, prevMid: 0 },
      { mid: 3, prevMid: 1 },
    ]);
    expect(placed([append(200), append(100)])).toEqual([
      { mid: 4, prevMid: 2 },
      { mid: 5, prevMid: 3 },
    ]);
  });

  test('is not one that was undone with its transaction', () => {
    expect(placed([append(100), fail(100), append(100)])).toEqual([
      { mid: 1, prevMid: 0 },
      'bug',
      { mid: 2, prevMid: 1 },
    ]);
    expect(placed([fail(200)])).toEqual(['bug']);
    expect(placed([append(200)])).toEqual([{ mid: 3, prevMid: 0 }]);
  });

  test('is what another connection has written before the transaction began', () => {
    expect(placed([append(100)])).toEqual([{ mid: 1, prevMid: 0 }]);
    const other = new Database(join(folder, 'flooim.db'), 'write');
    expect(runBatch(other, commands, [append(100)])).toEqual([{ ok: true, result: { mid: 2, prevMid: 1 } }]);
    other.close();
    expect(placed([append(100)])).toEqual([{ mid: 3, prevMid: 2 }]);
  });
});
