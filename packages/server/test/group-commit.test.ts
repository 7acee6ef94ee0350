import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultConfig } from '../src/config.ts';
import { createContext } from '../src/context.ts';
import { ServerError } from '../src/error.ts';
import { createLog } from '../src/log.ts';
import { type Job, type Outcome, runBatch } from '../src/store/batch.ts';
import { bindCommands } from '../src/store/commands.ts';
import { Database } from '../src/store/database.ts';
import { type Executor, GroupCommit } from '../src/store/group-commit.ts';
import { InlineExecutor } from '../src/store/inline-executor.ts';
import { writes } from '../src/writes.ts';
import { startChat } from './support/chat.ts';

const commands = {
  'note.add'(db: Database, { text }: { text: string }) {
    db.run('INSERT INTO note (text) VALUES (?)', text);
    return text.length;
  },
  'note.addAndThrow'(db: Database, { text }: { text: string }) {
    db.run('INSERT INTO note (text) VALUES (?)', text);
    throw new Error('a bug');
  },
};

/** Remembers how many jobs shared a transaction. */
class CountingExecutor implements Executor {
  readonly batches: number[] = [];
  readonly #inner: InlineExecutor;

  constructor(path: string) {
    this.#inner = new InlineExecutor(path, commands);
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    this.batches.push(jobs.length);
    this.#inner.run(jobs, done);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flooim-test-'));
  path = join(folder, 'notes.db');
  const db = new Database(path, 'write');
  db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
  db.close();
});
afterEach(() => rm(folder, { recursive: true }));

function notes(): unknown[] {
  const db = new Database(path, 'read');
  const rows = db.all('SELECT text FROM note ORDER BY id').map((row) => row['text']);
  db.close();
  return rows;
}

describe('group commit', () => {
  test('writes that come together share one transaction, in their order', async () => {
    const executor = new CountingExecutor(path);
    const writer = new GroupCommit(executor, () => {});
    const write = bindCommands(writer, commands);
    const results = await Promise.all(['a', 'bb', 'ccc'].map((text) => write['note.add']({ text })));
    expect(results).toEqual([1, 2, 3]);
    expect(executor.batches).toEqual([3]);
    expect(notes()).toEqual(['a', 'bb', 'ccc']);
    await writer.close();
  });

  test('a command that throws is undone and fails alone', async () => {
    const writer = new GroupCommit(new CountingExecutor(path), () => {});
    const write = bindCommands(writer, commands);
    const results = await Promise.allSettled([
      write['note.add']({ text: 'before' }),
      write['note.addAndThrow']({ text: 'never' }),
      write['note.add']({ text: 'after' }),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ reason: 'database' });
    expect(notes()).toEqual(['before', 'after']);
    await writer.close();
  });

  test('closing waits for what is queued', async () => {
    const writer = new GroupCommit(new CountingExecutor(path), () => {});
    const write = bindCommands(writer, commands);
    const pending = Promise.all(Array.from({ length: 2500 }, (_, i) => write['note.add']({ text: String(i) })));
    await writer.close();
    expect(await pending).toHaveLength(2500);
    expect(notes()).toHaveLength(2500);
  });

  test('a queue that is full refuses as busy instead of growing', async () => {
    const stuck: Executor = { run() {}, async close() {} };
    const writer = new GroupCommit(stuck, () => {});
    const refused: unknown[] = [];
    for (let i = 0; i < 60_000; i++) writer.submit('note.add', { text: '' }, (error) => refused.push(error));
    await Promise.resolve();
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toBeInstanceOf(ServerError);
    expect(refused[0]).toMatchObject({ reason: 'busy' });
  });

  test('a queue is full also when it holds too many bytes, and takes more when it has been emptied', async () => {
    let finish = () => {};
    const slow: Executor = {
      run(jobs, done) {
        finish = () => done(jobs.map(() => ({ ok: true, result: undefined })));
      },
      async close() {},
    };
    const writer = new GroupCommit(slow, () => {});
    const told: unknown[] = [];
    const submit = (args: object) => writer.submit('x', args, (error) => told.push(error));
    const payload = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 60; i++) submit({ entry: { payload } });
    submit({ notices: [{ payload }, { payload }, { payload }, { payload }] });
    submit({ entry: { payload: new Uint8Array(1) } });
    await Promise.resolve();
    expect(told).toMatchObject([{ reason: 'busy' }]);
    await new Promise((resolve) => setImmediate(resolve));
    submit({ entry: { payload } });
    finish();
    expect(told.slice(1)).toEqual(Array(61).fill(undefined));
    finish();
    expect(told).toHaveLength(63);
  });

  test('a failed flush is reported as what it is, and nobody is told that his write succeeded', async () => {
    const failing: Executor = {
      run: (jobs, done) => done(jobs.map(() => ({ ok: false, failure: { kind: 'flush', text: 'disk I/O error' } }))),
      async close() {},
    };
    const failures: string[] = [];
    const writer = new GroupCommit(failing, (text) => failures.push(text));
    const told: unknown[] = [];
    writer.submit('note.add', { text: 'x' }, (error) => told.push(error));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(failures).toEqual(['disk I/O error']);
    expect(told).toEqual([]);
  });

  test('after a failed flush nothing that waited is written: it would stand before what is sent again', async () => {
    let finish = () => {};
    const ran: string[] = [];
    const failing: Executor = {
      run(jobs, done) {
        ran.push(...jobs.map(({ args }) => (args as { text: string }).text));
        finish = () => done(jobs.map(() => ({ ok: false, failure: { kind: 'flush', text: 'disk I/O error' } })));
      },
      async close() {},
    };
    const told: unknown[] = [];
    const writer = new GroupCommit(failing, () => {});
    const submit = (text: string) => writer.submit('note.add', { text }, (error) => told.push(error));
    submit('first');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    submit('second');
    finish();
    submit('third');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect([ran, told]).toEqual([['first'], []]);
    await writer.close();
  });

  test('of those that are run alone, none is after one whose flush failed', () => {
    class Failing extends Database {
      commits = 0;

      override exec(sql: string): void {
        if (sql === 'COMMIT' && ++this.commits === 2) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
        super.exec(sql);
      }
    }
    const db = new Failing(path, 'write');
    const add = (text: string) => ({ name: 'note.add', args: { text } });
    const bug = { name: 'note.addAndThrow', args: { text: 'never' } };
    const outcomes = runBatch(db, commands, [add('a'), bug, add('b'), add('c')]);
    db.close();
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.failure.kind))).toEqual([
      'ok',
      'bug',
      'flush',
      'flush',
    ]);
    expect(notes()).toEqual(['a']);
  });
});

describe('a database that somebody else holds', () => {
  const jobs = Array.from({ length: 100 }, (_, i) => ({ name: 'note.add', args: { text: String(i) } }));

  /** Counts how often it is asked for a transaction; between two of these times somebody else holds the database. */
  class Contested extends Database {
    readonly #holder: Database;
    readonly #letGoAfter: number;
    readonly #holdFrom: number;
    asked = 0;

    constructor(letGoAfter: number, holdFrom = 0) {
      super(path, 'write');
      super.exec('PRAGMA busy_timeout = 20');
      this.#letGoAfter = letGoAfter;
      this.#holder = new Database(path, 'write');
      this.#holdFrom = holdFrom;
    }

    override exec(sql: string): void {
      if (sql.startsWith('BEGIN')) {
        if (this.asked === this.#holdFrom) this.#holder.exec('BEGIN IMMEDIATE');
        if (this.asked === this.#letGoAfter) this.#holder.exec('ROLLBACK');
        this.asked++;
      }
      super.exec(sql);
    }

    override close(): void {
      this.#holder.close();
      super.close();
    }
  }

  test('is asked for a few times by all together, who are then refused as busy', async () => {
    const db = new Contested(100);
    const outcomes = runBatch(db, commands, jobs);
    db.close();
    expect(db.asked).toBeLessThan(10);
    expect(outcomes).toHaveLength(jobs.length);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, failure: { kind: 'busy' } });
    const executor: Executor = { run: (_jobs, done) => done(outcomes.slice(0, 1)), async close() {} };
    const writing = bindCommands(new GroupCommit(executor, () => {}), commands)['note.add']({ text: '' });
    await expect(writing).rejects.toMatchObject({ reason: 'busy' });
  });

  test('keeps those waiting no longer who are run alone because one of them is a bug', () => {
    const db = new Contested(100, 2);
    const outcomes = runBatch(db, commands, [{ name: 'note.addAndThrow', args: { text: '' } }, ...jobs]);
    db.close();
    expect(db.asked).toBeLessThan(10);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.failure.kind)).toEqual(['bug', ...jobs.map(() => 'busy')]);
  });

  test('takes the writes once it is let go', () => {
    const db = new Contested(1);
    const outcomes = runBatch(db, commands, jobs);
    db.close();
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(notes()).toHaveLength(jobs.length);
  });
});

describe('a full disk', () => {
  test('refuses writes with a typed error, goes on reading, and recovers by itself', async () => {
    const limit = {
      'test.limit'(db: Database, { pages }: { pages: number }) {
        const used = Number(db.get('PRAGMA page_count')?.['page_count']);
        db.exec(`PRAGMA max_page_count = ${used + pages}`);
      },
    };
    let executor: InlineExecutor | undefined;
    const chat = await startChat(
      { messagesPerSec: 10_000, messageBurst: 10_000 },
      {
        executor: (file) => {
          executor = new InlineExecutor(file, { ...writes, ...limit });
          return executor;
        },
      },
    );
    const setLimit = (pages: number) =>
      new Promise((resolve) => executor?.run([{ name: 'test.limit', args: { pages } }], resolve));
    const alice = await chat.phone(chat.alice);
    const first = await alice.text(chat.bob.uid, 'room for this');
    await setLimit(0);
    let refused = first;
    for (let i = 0; i < 50 && refused.serverMid > 0; i++) refused = await alice.text(chat.bob.uid, 'x'.repeat(15_000));
    expect(refused.status?.reason).toBe('the server has no room to store data');
    expect((await alice.history(chat.bob.uid, 0, 200)).metas.at(-1)?.id).toBe(first.serverMid);
    await setLimit(10_000);
    expect((await alice.text(chat.bob.uid, 'room again')).serverMid).toBeGreaterThan(0);
    await chat.close();
  });
});

describe('a stop while nothing can be written', () => {
  test('is logged, and lets go of the writer and of the folder all the same', async () => {
    const data = join(folder, 'data');
    let full = false;
    let closed = false;
    const executor = (file: string): Executor => {
      const inner = new InlineExecutor(file, writes);
      const refused: Outcome = { ok: false, failure: { kind: 'full', text: 'full' } };
      return {
        run: (jobs, done) =>
          full
            ? setImmediate(
                done,
                jobs.map(() => refused),
              )
            : inner.run(jobs, done),
        async close() {
          closed = true;
          await inner.close();
        },
      };
    };
    const errors: unknown[] = [];
    const log = Object.assign(createLog('silent'), { error: (fields: unknown) => errors.push(fields) });
    const context = createContext(defaultConfig({ data }), { executor, log });
    full = true;
    context.cursors.move({ uid: 1, deviceSN: 1, logId: 1, mid: 1 } as Parameters<typeof context.cursors.move>[0]);
    await context.close();
    expect(closed).toBe(true);
    expect(errors).toMatchObject([{ err: { reason: 'storageFull' } }]);
    await createContext(defaultConfig({ data, logLevel: 'silent' })).close();
  });
});
