import type { CommandTable } from './commands.ts';
import type { Database } from './database.ts';

export interface Job {
  name: string;
  args: unknown;
}

export type Outcome = { ok: true; result: unknown } | { ok: false; failure: Failure };

export interface Failure {
  /**
   * `full`: no room on the disk. `busy`: somebody else holds the database. `flush`: the write may or may not be on disk;
   * nobody can go on from there.
   */
  kind: 'full' | 'busy' | 'flush' | 'bug';
  text: string;
}

/** How often a batch asks for the database while somebody else holds it; each waits as long as SQLite's busy timeout. */
const attempts = 3;

/**
 * Runs many commands in one transaction with one flush. If one throws, all are undone and each is run again alone, so
 * that it fails by itself and the others do not notice.
 */
export function runBatch(db: Database, commands: CommandTable, jobs: readonly Job[]): Outcome[] {
  const first = runPatiently(db, commands, jobs);
  if (Array.isArray(first)) return first;
  if (jobs.length === 1 || first.kind !== 'bug') return jobs.map(() => ({ ok: false, failure: first }));
  let ended: Failure | undefined;
  return jobs.map((job) => {
    const alone = ended ?? runPatiently(db, commands, [job]);
    if (Array.isArray(alone)) return alone[0] as Outcome;
    // Somebody else holds the database, or nobody knows what is on the disk.
    if (alone.kind === 'busy' || alone.kind === 'flush') ended = alone;
    return { ok: false, failure: alone };
  });
}

function runPatiently(db: Database, commands: CommandTable, jobs: readonly Job[]): Outcome[] | Failure {
  let result = runTransaction(db, commands, jobs);
  for (let i = 1; i < attempts && isBusy(result); i++) result = runTransaction(db, commands, jobs);
  return result;
}

function isBusy(result: Outcome[] | Failure): boolean {
  return !Array.isArray(result) && result.kind === 'busy';
}

function runTransaction(db: Database, commands: CommandTable, jobs: readonly Job[]): Outcome[] | Failure {
  let committing = false;
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes = jobs.map((job): Outcome => ({ ok: true, result: commandOf(commands, job)(db, job.args) }));
    committing = true;
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    rollBack(db);
    return failureOf(error, committing);
  }
}

function commandOf(commands: CommandTable, job: Job) {
  const command = commands[job.name];
  if (!command) throw new Error(`no such command: ${job.name}`);
  return command;
}

function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has already rolled back, as it does when the disk is full.
  }
}

/** https://www.sqlite.org/rescode.html */
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteIoError = 10;

function failureOf(error: unknown, committing: boolean): Failure {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  const text = error instanceof Error ? error.message : String(error);
  if (code === sqliteBusy) return { kind: 'busy', text };
  if (code === sqliteFull) return { kind: 'full', text };
  if (code === sqliteIoError || committing) return { kind: 'flush', text };
  return { kind: 'bug', text };
}
