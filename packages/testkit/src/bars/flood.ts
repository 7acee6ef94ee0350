/**
 * The bar `flood`: devices that stop reading, everybody back at once after a crash, and one user at a hundred times his rate.
 * The server runs with the limits that operators get, and users who have nothing to do with it are measured meanwhile.
 */
import { readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { options as settings } from '../../../server/src/config.ts';
import { Abuser } from '../flood/abuser.ts';
import { Bystanders } from '../flood/bystanders.ts';
import type { Figures } from '../flood/bystanders-process.ts';
import { forgetPeak, inMib, peakOf, rssOf } from '../flood/memory.ts';
import { ReturningClient } from '../flood/returning-client.ts';
import { StalledReader, Talkers } from '../flood/stalled-readers.ts';
import { type SeededUser, seedGroup, seedUsers } from '../seed-users.ts';
import { type SpawnedServer, spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import { until } from '../wait.ts';

export interface FloodOptions {
  /** Devices that stop reading. */
  readers: number;
  /** Messages to their group while they do not read, in all and each second. */
  messages: number;
  messagesPerSec: number;
  messageBytes: number;
  /** Clients that are all back at once. */
  clients: number;
  /** How long the abuser floods, and how long quiet is measured. */
  phaseMs: number;
  /** This process gives way to others: the flood is not to take the server's core from it, where cores are few. */
  givesWay?: boolean;
  /** Another program than the server's own. */
  program?: string;
}

export interface FloodResult {
  slow: {
    quiet: Figures;
    figures: Figures;
    /** By how much the server's memory grew at most, in MiB. */
    rssMib: number;
    /** The most that came out of one reader's queue, in MiB. */
    queuedMib: number;
    /** Sessions that ended. */
    ended: number;
    /** Messages that a reader did not get in the end. */
    lost: number;
  };
  back: { figures: Figures; count: number; refusals: number; sec: number; rssMib: number };
  abuser: {
    quiet: Figures;
    figures: Figures;
    sent: number;
    taken: number;
    answered: number;
    refused: number;
    toldWhen: number;
  };
  /** What bystanders miss, have twice or in another order. */
  violations: number;
  text: string;
}

/** The limits that the test kit widens are what this is about. */
const limited = [
  'messagesPerSec',
  'messageBurst',
  'userRequestsPerSec',
  'requestsPerSec',
  'socketsPerAddress',
] as const;
const bystanderCount = 20;
const bystanderPerSec = 10;
/** Each within his rate. */
const talkerPerSec = Number(settings.messagesPerSec.initial);
/** Readers who are followed until they have everything. */
const followed = 5;
const timesTooFast = 100;
const warmUpMs = 2000;
const backWithinMs = 30_000;

export async function runFlood(options: FloodOptions): Promise<FloodResult> {
  const data = temporaryFolder();
  const talkers = Math.ceil(options.messagesPerSec / talkerPerSec);
  const users = await seedUsers(data, bystanderCount + talkers + options.readers + 2 + options.clients);
  const take = (count: number) => users.splice(0, count);
  const [bystanding, talking, reading, abusing] = [take(bystanderCount), take(talkers), take(options.readers), take(2)];
  const gid = seedGroup(
    data,
    [...talking, ...reading].map(({ uid }) => uid),
  );
  const args = limited.flatMap((key) => [
    `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
    settings[key].initial,
  ]);
  const server = await spawnServer({ data, args, program: options.program });
  const bystanders = new Bystanders({ url: server.url, data, users: bystanding, perSec: bystanderPerSec });
  // Now: processes inherit it.
  if (options.givesWay) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    const scene = { options, server, bystanders };
    const slow = await slowReaders(scene, { talking, reading, gid });
    const back = await everybodyBack(scene, users);
    const abuser = await oneTooFast(scene, abusing);
    const { violations, text } = await bystanders.judge();
    return { slow, back, abuser, violations, text };
  } finally {
    await bystanders.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

interface Scene {
  options: FloodOptions;
  server: SpawnedServer;
  bystanders: Bystanders;
}

async function slowReaders(
  { options, server, bystanders }: Scene,
  { talking, reading, gid }: { talking: SeededUser[]; reading: SeededUser[]; gid: number },
): Promise<FloodResult['slow']> {
  const { messages, messagesPerSec, messageBytes, phaseMs } = options;
  const talkers = await Talkers.open(server.url, talking, gid, messageBytes);
  const readers = await Promise.all(reading.map((login) => StalledReader.open(server.url, login, gid)));
  try {
    const quiet = await bystanders.quiet(phaseMs);
    for (const reader of readers) reader.stall();
    const before = rssOf(server.pid);
    forgetPeak(server.pid);
    const figures = await bystanders.measure(() => talkers.talk(messages, (messages / messagesPerSec) * 1000));
    const rssMib = peakOf(server.pid) - before;
    const complete = readers.slice(0, followed);
    for (const [i, reader] of readers.entries()) reader.resume(i < followed);
    const hasAll = () => complete.every(({ received, isClosed }) => received >= messages || isClosed);
    await until(hasAll, 'readers to catch up', { timeoutMs: 60_000 }).catch(() => {});
    const queuedMib = inMib(Math.max(...readers.map(({ queuedBytes }) => queuedBytes)));
    const ended = readers.filter(({ isClosed }) => isClosed).length;
    const lost = complete.reduce((sum, { received }) => sum + Math.abs(messages - received), 0);
    return { quiet, figures, rssMib, queuedMib, ended, lost };
  } finally {
    talkers.close();
    for (const reader of readers) reader.close();
  }
}

async function everybodyBack({ server, bystanders }: Scene, users: SeededUser[]): Promise<FloodResult['back']> {
  const clients = users.map((user) => new ReturningClient(server.url, user));
  const areBack = () => clients.every(({ isBack }) => isBack);
  try {
    for (const client of clients) client.start();
    // Not measured yet.
    await until(areBack, 'everybody to come', { timeoutMs: 4 * backWithinMs });
    for (const client of clients) client.refusals = 0;
    await server.kill9();
    // Until they have seen it.
    await until(() => clients.every(({ isBack }) => !isBack), 'everybody to be away');
    const startedAt = performance.now();
    await server.restart();
    const figures = await bystanders.measure(() =>
      until(areBack, 'everybody to be back', { timeoutMs: backWithinMs }).catch(() => {}),
    );
    const sec = (performance.now() - startedAt) / 1000;
    const count = clients.filter(({ isBack }) => isBack).length;
    const refusals = clients.reduce((sum, client) => sum + client.refusals, 0);
    return { figures, count, refusals, sec, rssMib: rssOf(server.pid) };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

async function oneTooFast({ options, server, bystanders }: Scene, users: SeededUser[]): Promise<FloodResult['abuser']> {
  const [login, peer] = users as [SeededUser, SeededUser];
  const quiet = await bystanders.quiet(options.phaseMs);
  const abuser = await Abuser.open({
    url: server.url,
    login,
    peer: peer.uid,
    messagesPerSec: timesTooFast * Number(settings.messagesPerSec.initial),
    requestsPerSec: timesTooFast * Number(settings.userRequestsPerSec.initial),
  });
  try {
    // The server has just been started: what it refuses for the first time is slow.
    await abuser.flood(warmUpMs);
    const figures = await bystanders.measure(() => abuser.flood(options.phaseMs));
    const { sent, taken, answered, refused, toldWhen } = abuser;
    return { quiet, figures, sent, taken, answered, refused, toldWhen };
  } finally {
    abuser.close();
  }
}

/** Faster than anybody notices; on two busy cores what is quiet and what is not differ by chance below it. */
const neverMissedMs = { slow: 25, abuser: 10 };
/** What the kernel keeps of a connection on both sides, besides the 1 MiB of the server. */
const kernelMib = 8;
/** Frames under way, and what the collector has not seen yet. */
const slackMib = 64;

/** What was missed, in words; empty if nothing was. */
export function missesOf({ slow, back, abuser, violations, text }: FloodResult, options: FloodOptions): string[] {
  const isSlower = ({ figures, quiet }: { figures: Figures; quiet: Figures }, unnoticedMs: number) =>
    figures.p99Ms > unnoticedMs && figures.p99Ms > 2 * quiet.p99Ms;
  return [
    ...boundsMissed({ slow, back, abuser, violations, text }, options),
    ...(slow.rssMib > options.readers + slackMib ? ['the memory for those who do not read'] : []),
    ...(back.sec * 1000 > backWithinMs ? ['the time until everybody is back'] : []),
    ...(isSlower(slow, neverMissedMs.slow) ? ['the p99 beside those who do not read'] : []),
    ...(isSlower(abuser, neverMissedMs.abuser) ? ['the p99 beside the one who is too fast'] : []),
  ];
}

/** Of that, what does not depend on how busy the machine is. */
export function boundsMissed({ slow, back, abuser, violations, text }: FloodResult, options: FloodOptions): string[] {
  const allowed = ((warmUpMs + options.phaseMs) / 1000 + 1) * talkerPerSec + Number(settings.messageBurst.initial);
  return [
    ...(violations > 0 ? [`messages of bystanders: ${text}`] : []),
    ...(slow.lost > 0 ? [`${slow.lost} messages of those who did not read`] : []),
    ...(slow.ended > 0 ? [`${slow.ended} sessions of those who did not read`] : []),
    ...(slow.queuedMib > 1 + kernelMib ? [`a queue of ${slow.queuedMib.toFixed(1)} MiB`] : []),
    ...(back.count < options.clients ? [`${options.clients - back.count} clients that are not back`] : []),
    ...(abuser.taken > allowed ? [`${abuser.taken} messages taken from the one who is too fast`] : []),
    ...(abuser.refused === 0 || abuser.toldWhen < abuser.refused ? ['refusals that say when to come again'] : []),
  ];
}

function line({ slow, back, abuser, violations }: FloodResult): string {
  const p99 = ({ figures, quiet }: { figures: Figures; quiet: Figures }) =>
    `${figures.p99Ms.toFixed(1)} ms (x${(figures.p99Ms / quiet.p99Ms).toFixed(1)})`;
  return [
    `flood: slow_rss=+${slow.rssMib.toFixed(0)} MiB slow_queue=${slow.queuedMib.toFixed(1)} MiB slow_p99=${p99(slow)}`,
    `back=${back.count} in ${back.sec.toFixed(1)} s rss=${back.rssMib.toFixed(0)} MiB told_to_wait=${back.refusals} back_p99=${back.figures.p99Ms.toFixed(0)} ms`,
    `abuser_p99=${p99(abuser)} abuser_taken=${abuser.taken}/${abuser.sent} abuser_429=${abuser.refused}/${abuser.answered}`,
    `lost=${violations + slow.lost}`,
  ].join(' ');
}

function openFilesLimit(): number {
  return Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      readers: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '20' },
      clients: { type: 'string', default: '5000' },
    },
  });
  const [readers, seconds, clients] = [Number(values.readers), Number(values.seconds), Number(values.clients)];
  const rate = { messages: 500 * seconds, messagesPerSec: 500, messageBytes: 4096 };
  const options: FloodOptions = { readers, ...rate, clients, phaseMs: seconds * 500, givesWay: true };
  // Each client has a socket and, for a while, a connection for REST.
  if (openFilesLimit() < 2 * clients + 1000) throw new Error(`needs ulimit -n ${2 * clients + 1000} or --clients`);
  const result = await runFlood(options);
  console.log(line(result));
  const misses = missesOf(result, options);
  if (misses.length > 0) console.log(`missed: ${misses.join('; ')}`, result);
  process.exit(misses.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
