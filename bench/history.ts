import { Command, encodeUnreadUL, type SyncDL } from '@flooim/protocol';
import { callRest, RawClient, type SeededUser } from '@flooim/testkit';
import { bigFolder } from './big-folder.ts';
import { quantile } from './figures.ts';
import type { FilledFolder } from './many-entries.ts';
import type { BenchOptions } from './options.ts';
import type { Report, Row, Target } from './report.ts';
import { startTimedServer, type TimedServer, type Timing } from './timings.ts';

/** Each figure's questions, one after the other. */
const pages = 2000;
const lists = 200;
const pageSize = 50;

/** How long questions took: in the server, and on top of a frame's way there and back. */
interface Answers {
  server: Timing[];
  client: number[];
}

/** Pages of a very long log, and the list of somebody with very many conversations. */
export async function benchHistory(options: BenchOptions): Promise<Report> {
  const folder = await bigFolder(options);
  const timed = await startTimedServer(folder.data, options.pin);
  const [reader, peer] = folder.long;
  const { url } = timed.server;
  const [client, popular] = await Promise.all([RawClient.login(url, reader), RawClient.login(url, folder.popular)]);
  const runs = { nothing: [], page: [], restPage: [], news: [], list: [], restCounts: [] } as Record<string, Answers[]>;
  const measure = async (name: string, n: number, ask: () => Promise<void>) =>
    void runs[name]?.push(await answers(timed, n, ask));
  for (let i = 0; i <= options.runs; i++) {
    await measure('nothing', pages, () => nothing(client));
    await measure('page', pages, () => page(client, peer, folder));
    await measure('restPage', pages, () => restPage(url, reader, peer, folder));
    await measure('news', lists, () => news(popular, options.conversations));
    await measure('list', lists, () => list(popular, options.conversations));
    await measure('restCounts', lists, () => restCounts(url, folder.popular));
  }
  for (const each of [client, popular]) each.terminate();
  await timed.server.close();
  const rowsOf = (name: string, what: string, target?: Target): Row[] => {
    // The first run warmed it up.
    const measured = (runs[name] ?? []).slice(1);
    const row = (part: string, share: number, pick: (timing: Timing) => number): Row => ({
      what: `${what}: ${part}`,
      unit: 'ms',
      values: measured.map(({ server }) => quantile(server.map(pick), share)),
    });
    const [byClock, byCpu] = [({ ms }: Timing) => ms, ({ cpuMs }: Timing) => cpuMs];
    return [
      row('p50', 0.5, byClock),
      { ...row('p99', 0.99, byClock), ...(target && { target }) },
      row('p99 of its CPU', 0.99, byCpu),
    ];
  };
  const onTop = (name: string, what: string): Row => ({
    what: `${what}: p50 at the client`,
    unit: 'ms',
    values: (runs[name] ?? []).slice(1).map((each) => quantile(each.client, 0.5)),
    baseline: (runs['nothing'] ?? []).slice(1).map((each) => quantile(each.client, 0.5)),
  });
  return {
    name: 'history',
    about:
      `Pages of ${pageSize} at random places of a log with ${options.entries} entries, and the unread list of a user with ${options.conversations} ` +
      'conversations of which one in ten has news, whole and as a device asks for it that was here before, one after the other, in the server: from the arrival of the frame or of the ' +
      "request's head until its answer is handed to the socket; its CPU is what the main thread worked of that. At the client it is the way there and back; baseline: that of an empty frame.",
    rows: [
      ...rowsOf('page', 'page', { most: 1 }),
      onTop('page', 'page'),
      ...rowsOf('restPage', 'page over REST', { most: 1 }),
      ...rowsOf('news', 'unread list of news', { most: 5 }),
      ...rowsOf('list', 'whole unread list', { most: 5 }),
      onTop('list', 'whole unread list'),
      ...rowsOf('restCounts', 'unread counts over REST'),
    ],
  };
}

async function answers(timed: TimedServer, n: number, ask: () => Promise<void>): Promise<Answers> {
  await timed.takeTimings();
  const client: number[] = [];
  for (let i = 0; i < n; i++) {
    const startedAt = performance.now();
    await ask();
    client.push(performance.now() - startedAt);
  }
  const server = await timed.takeTimings();
  if (server.length !== n) throw new Error(`${n} questions and ${server.length} answers`);
  return { server, client };
}

async function nothing(client: RawClient): Promise<void> {
  const answered = new Promise((resolve) => {
    client.onNotice = resolve;
  });
  client.send(Command.NOTICE);
  await answered;
}

/** From where a whole page is left. */
function somewhere({ lastMid }: FilledFolder): number {
  return Math.ceil(lastMid * (0.01 + 0.99 * Math.random()));
}

async function page(client: RawClient, { uid }: SeededUser, folder: FilledFolder): Promise<void> {
  const answered = new Promise<SyncDL>((resolve) => {
    client.onSync = resolve;
  });
  client.sync({ xid: { uid }, key: somewhere(folder), isFullSync: true, fullSyncNum: pageSize });
  requireWhole((await answered).metas.length, pageSize);
}

async function restPage(url: string, { token }: SeededUser, peer: SeededUser, folder: FilledFolder): Promise<void> {
  const asked = { opposite_id: peer.uid, msg_id_start: somewhere(folder), limit: pageSize };
  const { messages } = await callRest(url, 'messageHistory', asked, { token });
  requireWhole(messages.length, pageSize);
}

/** As a device asks that was here before. */
async function news(client: RawClient, conversations: number): Promise<void> {
  const answered = new Promise<number>((resolve) => {
    client.onUnread = ({ unread }) => resolve(unread.length);
  });
  client.send(Command.UNREAD, encodeUnreadUL({ newsOnly: true }));
  const found = await answered;
  if (found < conversations / 20 || found > conversations / 5) throw new Error(`${found} rows of news`);
}

async function list(client: RawClient, conversations: number): Promise<void> {
  const answered = new Promise<number>((resolve) => {
    client.onUnread = ({ unread }) => resolve(unread.length);
  });
  client.send(Command.UNREAD);
  requireWhole(await answered, conversations + 1);
}

async function restCounts(url: string, { token }: SeededUser): Promise<void> {
  await callRest(url, 'messageUnread', {}, { token });
}

/** What is short is fast. */
function requireWhole(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} came instead of ${wanted}`);
}
