/**
 * The bar `sec`: every endpoint and every kind of frame for every role, against a real server whose log is read afterwards.
 * What the server offers is read from the server itself, so that something without a row is found.
 */
import { parseArgs } from 'node:util';
import { type Endpoint, serverRest, Vsn } from '@flooim/protocol';
import type { createServer } from '@flooim/server';
import { createLog } from '../../../server/src/log.ts';
import { cellsOf, cellsOfEndpoints, cellsOfFrames } from '../sec/cells.ts';
import { type Cell, endpointCell, frameCell, judge, openCell } from '../sec/judge.ts';
import { type Route, type Router, withRoutes } from '../sec/live-routes.ts';
import { openDoors } from '../sec/open-doors.ts';
import { outside } from '../sec/outside.ts';
import { roles } from '../sec/roles.ts';
import type { Row } from '../sec/row.ts';
import { type FrameRow, frameRows } from '../sec/rows/frame-rows.ts';
import { Secrets } from '../sec/secrets.ts';
import { servedFrames } from '../sec/served-frames.ts';
import { table } from '../sec/table.ts';
import { World } from '../sec/world.ts';
import { startServer } from '../start-server.ts';

type Overrides = NonNullable<Parameters<typeof createServer>[1]>;
type Log = NonNullable<Overrides['log']>;

export interface SecOptions {
  /** Default: all. */
  rows?: readonly Row[];
  /** Default: all. */
  frames?: readonly FrameRow[];
  /** Also the other methods of endpoints, and version 1 of frames, as deployed clients use them. Default false. */
  deployed?: boolean;
  /** Does something to the server before it is asked, to see that the bar finds it. */
  meddle?: (world: World, log: Log) => void;
  /** Adds to the server's routes, for the same. */
  addRoutes?: (router: Router) => void;
}

export interface SecResult {
  cells: number;
  /** Which cell is answered otherwise than the table says. */
  wrong: string[];
  /** What the server offers and the table does not know. */
  uncovered: string[];
  /** Lines of the log that were looked through. */
  logged: number;
  /** Where a secret was found: in the log, or in an answer to somebody else. */
  secrets: string[];
}

/** Nothing that a table of calls from one address would run into. */
const wide = { smsPerHour: 1_000_000, smsPerAddress: 1_000_000, adminRequestsPerSec: 1_000_000 };
const cellsAtOnce = 32;

export async function runSec(options: SecOptions = {}): Promise<SecResult> {
  const { rows = table, frames = frameRows, deployed = false, meddle, addRoutes } = options;
  const lines: string[] = [];
  // The most that can be asked for.
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const { started: server, routes } = await withRoutes(() => startServer(wide, { ...outside, log }), addRoutes);
  const secrets = new Secrets();
  const result: SecResult = { cells: 0, wrong: [], uncovered: uncoveredRoutes(routes, rows), logged: 0, secrets: [] };
  try {
    const world = await World.of(server, secrets);
    meddle?.(world, log);
    const served = await servedFrames(world);
    result.uncovered.push(...served.filter((kind) => !frames.some((row) => row.kind === kind)));
    const cells = [...openCells(), ...endpointCells(rows, deployed), ...frameCells(frames, deployed)];
    await eachAtOnce(cells, async (cell) => {
      const judged = await judge(cell, world);
      result.cells++;
      if (judged.wrong) result.wrong.push(judged.wrong);
      result.secrets.push(...judged.secrets);
    });
  } finally {
    await server.close();
  }
  result.logged = lines.length;
  for (const line of lines) for (const secret of secrets.in(line)) result.secrets.push(`the log: ${secret} in ${line}`);
  return result;
}

function openCells(): Cell[] {
  return openDoors.flatMap((route) => roles.map((role) => openCell(route, role)));
}

function endpointCells(rows: readonly Row[], deployed: boolean): Cell[] {
  return rows.flatMap((row) => {
    const { methods }: Endpoint = serverRest[row.name];
    // What goes by the rules of tus is something else by each method.
    const tried = deployed && row.name !== 'fileResumable' ? methods : methods.slice(0, 1);
    const cells = [...cellsOf(cellsOfEndpoints, row.name, row.about)];
    return tried.flatMap((method) => cells.map(([role, expected]) => endpointCell(row, method, role, expected)));
  });
}

function frameCells(rows: readonly FrameRow[], deployed: boolean): Cell[] {
  return rows.flatMap((row) => {
    const cells = [...cellsOf(cellsOfFrames, row.kind, row.about)];
    return (deployed && !row.isVersion2 ? [Vsn.V2, Vsn.V1] : [Vsn.V2]).flatMap((vsn) =>
      cells.map(([role, expected]) => frameCell(row, role, expected, vsn)),
    );
  });
}

function uncoveredRoutes(routes: readonly Route[], rows: readonly Row[]): string[] {
  const known = new Set(openDoors.map(({ method, path }) => `${method} ${path}`));
  for (const { name } of rows) {
    const { methods, path }: Endpoint = serverRest[name];
    for (const method of methods) known.add(`${method} ${path}`);
    // The router answers it by itself, as GET without the bytes.
    if (methods.includes('GET')) known.add(`HEAD ${path}`);
  }
  return routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !known.has(route));
}

async function eachAtOnce<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const work = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: cellsAtOnce }, work));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
  const { cells, wrong, uncovered, secrets } = await runSec({ deployed: true });
  console.log(`sec: cells=${cells} wrong=${wrong.length} uncovered=${uncovered.length} secrets=${secrets.length}`);
  const misses = [...wrong, ...uncovered.map((name) => `no row: ${name}`), ...secrets];
  for (const miss of values.all ? misses : misses.slice(0, 20)) console.log(`  ${miss}`);
  // Not waiting for timers of connections that ended.
  process.exit(misses.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
