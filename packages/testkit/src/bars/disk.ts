/**
 * The bar `disk`: the disk under a server fills, or fails to write or to flush, while users talk and upload. A full disk
 * refuses writes and nothing else, and service resumes by itself; after any other fault the process ends, and what it
 * acknowledged is there when it is started again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { errors } from '@flooim/protocol';
import { check, summarize, type Violation } from '../checker.ts';
import type { DiskBug } from '../disk/buggy-server.ts';
import { FaultyDisk, faultsLibrary } from '../disk/faulty-disk.ts';
import { failedReads, historyLength } from '../disk/reads.ts';
import { Uploading } from '../disk/uploading.ts';
import { Random } from '../random.ts';
import { type Outgoing, RawDevice } from '../raw-device.ts';
import { readHistory, record } from '../record.ts';
import { type SeededUser, seedPairs, seedUsers } from '../seed-users.ts';
import { type SpawnedServer, spawnServer } from '../spawn-server.ts';
import { until } from '../wait.ts';
import { TalkingPairs } from './talking-pairs.ts';

export interface DiskOptions {
  /** Each is one fault; the three kinds take turns. */
  rounds: number;
  seed?: number;
  pairs?: number;
  /** A small disk of its own, where this user may mount one. Default true. */
  mount?: boolean;
  bug?: DiskBug;
  /** Flags for the server. */
  args?: readonly string[];
}

export interface DiskResult {
  rounds: number;
  filled: number;
  failedFlushes: number;
  failedWrites: number;
  acked: number;
  refused: number;
  uploads: number;
  /** Acknowledged messages and files that are not there at the end. */
  withoutRow: number;
  violations: Violation[];
  /** Refusals that do not say that there is no room. */
  untyped: string[];
  /** What did not go on while the disk was full. */
  stopped: string[];
  /** Rounds after which service was back by itself, after a failure when it was started again. */
  recovered: number;
  /** Why the others were not. */
  unrecovered: string[];
}

const buggyServer = fileURLToPath(new URL('../disk/buggy-server.ts', import.meta.url));
const faults = ['fill', 'flush', 'write'] as const;
/** How long service may take to notice a fault or its end, on whatever machine. */
const withinMs = 20_000;
const settleWithinMs = 60_000;

export async function runDisk({ rounds, seed = 1, pairs = 3, mount, bug, args }: DiskOptions): Promise<DiskResult> {
  const random = new Random(seed);
  const disk = new FaultyDisk({ mount });
  const users = await seedUsers(disk.data, pairs * 2 + 2);
  const pairsOf = users.flatMap((user, i) => (i % 2 === 0 ? [[user.uid, users[i + 1]?.uid ?? 0] as const] : []));
  seedPairs(disk.data, pairsOf);
  const env = { ...disk.env, ...(bug && { FLOOIM_SEEDED_BUG: bug }) };
  const server = await spawnServer({ data: disk.data, args, env, ...(bug && { program: buggyServer }) });
  const play = new Play(disk, server, users, random);
  try {
    return await play.run(rounds);
  } finally {
    await play.stop();
    await server.close();
    disk.remove();
  }
}

class Play {
  readonly #disk: FaultyDisk;
  readonly #server: SpawnedServer;
  readonly #users: readonly SeededUser[];
  readonly #random: Random;
  readonly #load: TalkingPairs;
  readonly #writer: RawDevice;
  readonly #uploading: Uploading;
  readonly #refused: Outgoing[] = [];
  readonly #stopped: string[] = [];
  readonly #unrecovered: string[] = [];
  readonly #unsettled: string[] = [];
  #filled = 0;

  constructor(disk: FaultyDisk, server: SpawnedServer, users: readonly SeededUser[], random: Random) {
    this.#disk = disk;
    this.#server = server;
    this.#users = users;
    this.#random = random;
    // Who is cut off by the server must show as that: the devices themselves give no connection up.
    this.#load = new TalkingPairs(server.url, users.slice(2), { silenceMs: 60_000 });
    for (const device of this.#load.devices) {
      const goOn = device.onSent;
      device.onSent = (send) => {
        if (send.outcome === 'sent') return goOn?.(send);
        this.#refused.push(send);
        setTimeout(() => goOn?.(send), 20);
      };
    }
    this.#writer = new RawDevice(server.url, this.#user(1));
    this.#uploading = new Uploading(server.url, this.#user(0), this.#user(1));
  }

  async run(rounds: number): Promise<DiskResult> {
    this.#load.start();
    this.#load.talk();
    this.#uploading.start();
    await this.#acked(100);
    await this.#haveHistory();
    for (let i = 0; i < rounds; i++) {
      await sleep(this.#random.between(50, 500));
      const fault = faults[i % faults.length] as (typeof faults)[number];
      const unrecovered = await this.#round(fault).then(
        () => '',
        (error: Error) => error.message,
      );
      if (unrecovered) this.#unrecovered.push(`round ${i + 1} (${fault}): ${unrecovered}`);
      await this.#isRunning();
    }
    await this.#uploading.stop();
    const settled = this.#load.settle(settleWithinMs);
    await settled.catch((error: Error) => this.#unsettled.push(error.message));
    return this.#judge(rounds);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#uploading.stop(), this.#load.stop()]);
  }

  /** The two who do not talk have something to read, and have been here. */
  async #haveHistory(): Promise<void> {
    this.#writer.start();
    for (let i = 0; i < historyLength; i++) this.#writer.say(this.#user(0).uid, `${i}`);
    await this.#writer.settle(withinMs);
    await this.#writer.stop();
    const isReadable = async () => (await failedReads(this.#server.url, this.#user(0), this.#user(1))).length === 0;
    await until(isReadable, 'a history to read', { timeoutMs: withinMs, everyMs: 100 });
  }

  #round(fault: (typeof faults)[number]): Promise<void> {
    return fault === 'fill' ? this.#full() : this.#failing(fault);
  }

  async #full(): Promise<void> {
    const lines = this.#lines();
    const { pid } = this.#server;
    const refused = this.#refused.length;
    this.#disk.fill();
    try {
      await until(() => this.#refused.length > refused, 'a write to be refused', { timeoutMs: withinMs });
      this.#filled++;
      this.#stopped.push(...(await failedReads(this.#server.url, this.#user(0), this.#user(1))));
      await sleep(this.#random.between(0, 500));
    } finally {
      this.#disk.free();
    }
    await this.#acked(100);
    if (this.#server.pid !== pid || !isAlive(pid)) throw new Error('the server ended');
    const lost = this.#lines().filter((line, i) => line !== lines[i]).length;
    if (lost > 0) this.#stopped.push(`${lost} connections`);
  }

  async #failing(fault: 'flush' | 'write'): Promise<void> {
    const { pid } = this.#server;
    const before = this.#disk.failed;
    if (fault === 'flush') this.#disk.failFlush();
    else this.#disk.failWrite();
    const happened = () => this.#disk.failed.flushes + this.#disk.failed.writes > before.flushes + before.writes;
    await until(happened, `a ${fault} to fail`, { timeoutMs: withinMs });
    await until(() => !isAlive(pid), 'the server to end', { timeoutMs: withinMs });
    await this.#server.restart();
    await this.#acked(100);
  }

  /** Starts it anew where it did not end as it should, or did where it should not. */
  async #isRunning(): Promise<void> {
    if (isAlive(this.#server.pid) && this.#unrecovered.length === 0) return;
    await this.#server.kill9();
    await this.#server.restart();
  }

  /** Waits until so many more are acknowledged. */
  async #acked(more: number): Promise<void> {
    const wanted = this.#load.acked + more;
    await until(() => this.#load.acked >= wanted, 'messages to be acknowledged', { timeoutMs: withinMs });
  }

  async #judge(rounds: number): Promise<DiskResult> {
    const { devices } = this.#load;
    // Without everybody there is no history to read; that alone is judged then.
    const history = this.#unsettled.length === 0 ? await readHistory(devices) : [];
    const violations = check(record({ data: this.#disk.data, devices: [...devices, this.#writer], history }));
    for (const text of this.#unsettled) violations.push({ kind: 'lost', text });
    const missing = await this.#uploading.missing(this.#disk.data);
    const untyped = this.#refused.filter(({ refusal }) => !refusal?.includes(errors.storageFull.text));
    const { flushes, writes } = this.#disk.failed;
    return {
      rounds,
      filled: this.#filled,
      failedFlushes: flushes,
      failedWrites: writes,
      acked: this.#load.acked,
      refused: this.#refused.length + this.#uploading.refused,
      uploads: this.#uploading.kept.size,
      withoutRow: violations.filter(({ kind }) => kind === 'ack-not-on-disk').length + missing.length,
      violations,
      untyped: [...untyped.map(({ refusal }) => `a message: ${refusal}`), ...this.#uploading.untyped],
      stopped: this.#stopped,
      recovered: rounds - this.#unrecovered.length,
      unrecovered: this.#unrecovered,
    };
  }

  #lines() {
    return this.#load.devices.map(({ client }) => client);
  }

  #user(i: number): SeededUser {
    return this.#users[i] as SeededUser;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether every promise was kept. */
export function isKept({ rounds, recovered, withoutRow, violations, untyped, stopped }: DiskResult): boolean {
  return recovered === rounds && withoutRow + violations.length + untyped.length + stopped.length === 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      pairs: { type: 'string', default: '3' },
      writer: { type: 'string', default: 'thread' },
      mount: { type: 'boolean', default: true },
      bug: { type: 'string' },
    },
    allowNegative: true,
  });
  if (!faultsLibrary()) return console.log('disk: skipped, there is no C compiler (cc) or this is not Linux');
  const { mount, writer } = values;
  const [rounds, seed, pairs] = [Number(values.rounds), Number(values.seed), Number(values.pairs)];
  const bug = values.bug as DiskBug | undefined;
  const result = await runDisk({ rounds, seed, pairs, mount, bug, args: ['--writer', writer] });
  const { violations, untyped, stopped, unrecovered } = result;
  console.log(
    `disk: rounds=${rounds} filled=${result.filled} failed_flushes=${result.failedFlushes} ` +
      `failed_writes=${result.failedWrites} acked=${result.acked} uploads=${result.uploads} refused=${result.refused} ` +
      `without_row=${result.withoutRow} untyped=${untyped.length} stopped=${stopped.length} ` +
      `violations=${violations.length} recovered=${result.recovered}`,
  );
  if (isKept(result)) return;
  console.log(
    [summarize(violations), ...[...new Set([...untyped, ...stopped, ...unrecovered])].slice(0, 10)].join('\n  '),
  );
  process.exitCode = 1;
}

if (import.meta.main) await main();
