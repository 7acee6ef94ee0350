/** A process that starts the real server on one disk after the other that a power cut could have left, and judges each. */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Random } from '../random.ts';
import { type CutDisk, diskAfterPowerCut } from '../shadow.ts';
import { startServer } from '../start-server.ts';

/** What one process is to examine after one cut. */
export interface Examination {
  disk: CutDisk;
  /** By disk: what fixes it, and how much of what was not flushed is on it. */
  disks: readonly { seed: number; keep: number }[];
  /** Mids that must be on each. */
  acknowledged: readonly number[];
}

export interface Examined {
  /** By disk: what its database was before the server started on it. */
  contents: string[];
  /** What was wrong, one text for each bad disk. */
  faults: string[];
}

/** Disks are made in memory where there is a place for that: what is on them is the same. */
const parent = placeInMemory() ?? tmpdir();

function placeInMemory(): string | undefined {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return undefined;
  }
}

async function examine({ disk, disks, acknowledged }: Examination): Promise<Examined> {
  const examined: Examined = { contents: [], faults: [] };
  for (const { seed, keep } of disks) {
    const data = mkdtempSync(join(parent, 'flooim-after-cut-'));
    try {
      diskAfterPowerCut(disk, data, new Random(seed), keep);
      examined.contents.push(contentOf(data));
      const fault = await faultOn(data, acknowledged);
      if (fault) examined.faults.push(`disk ${seed}, ${keep} kept: ${fault}`);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  }
  return examined;
}

function contentOf(data: string): string {
  const hash = createHash('sha1');
  for (const name of ['flooim.db', 'flooim.db-wal']) {
    try {
      hash.update(readFileSync(join(data, name)));
    } catch {
      hash.update(`no ${name}`);
    }
  }
  return hash.digest('hex');
}

/** Whether the server starts on it, and then it is whole and has everything that was acknowledged. */
async function faultOn(data: string, acknowledged: readonly number[]): Promise<string | undefined> {
  const server = await startServer({ data, writer: 'inline' }).catch((error: Error) => error);
  if (server instanceof Error) return `the server did not start: ${server.message}`;
  try {
    return faultIn(join(data, 'flooim.db'), acknowledged);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await server.close();
  }
}

function faultIn(path: string, acknowledged: readonly number[]): string | undefined {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const verdict = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (verdict !== 'ok') return String(verdict);
    const mids = new Set(
      db
        .prepare('SELECT mid FROM entry')
        .all()
        .map((row) => row['mid']),
    );
    const lacking = acknowledged.filter((mid) => !mids.has(mid));
    return lacking.length > 0 ? `${lacking.length} acknowledged messages are missing` : undefined;
  } finally {
    db.close();
  }
}

if (import.meta.main) {
  process.on('message', async (examination: Examination) => process.send?.(await examine(examination)));
  process.on('disconnect', () => process.exit());
}
