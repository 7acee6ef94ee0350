import type { Vsn } from '@flooim/protocol';
import { type Answered, askEndpoint, askOpenly } from './ask.ts';
import { FrameLine } from './frame-line.ts';
import type { Route } from './live-routes.ts';
import type { Role } from './roles.ts';
import type { Row } from './row.ts';
import type { FrameRow } from './rows/frame-rows.ts';
import { Stage } from './stage.ts';
import type { World } from './world.ts';

/** A row of the table for one role. */
export interface Cell {
  name: string;
  role: Role;
  /** One of `Outcome`. */
  expected: string;
  ask: (stage: Stage) => Promise<Answered>;
}

export interface Judged {
  wrong?: string;
  secrets: string[];
}

/** Plays a cell with people of its own. */
export async function judge({ name, role, expected, ask }: Cell, world: World): Promise<Judged> {
  try {
    const stage = await Stage.of(world, role);
    const answered = await ask(stage);
    const { outcome, isBare, text, given } = answered;
    const isRight = outcome === expected || (isBare && expected !== '+');
    const secrets = leaked(answered, stage).map((secret) => `the answer of ${name}: ${secret}`);
    for (const secret of given) world.secrets.keep(secret);
    return { ...(!isRight && { wrong: `${name}: ${outcome} and not ${expected}: ${text.slice(0, 300)}` }), secrets };
  } catch (error) {
    return { wrong: `${name}: ${error instanceof Error ? error.stack : error}`, secrets: [] };
  }
}

/** What the answer tells that the caller must not see: what was said in the cell only if he was let in. */
function leaked({ outcome, text }: Answered, stage: Stage): string[] {
  const own = outcome === '+' ? [...stage.texts, ...stage.given] : stage.given;
  const found = stage.world.secrets.in(text).filter((secret) => !own.includes(secret));
  return text.includes('$argon2') ? [...found, 'a password hash'] : found;
}

export function endpointCell(row: Row, method: string, role: Role, expected: string): Cell {
  const name = [method, row.name, row.about, 'by', role].filter(Boolean).join(' ');
  return { name, role, expected, ask: (stage) => askEndpoint(row, stage, method) };
}

/** Whoever asks gets what nobody in particular gets. */
export function openCell(route: Route, role: Role): Cell {
  const ask = async (stage: Stage): Promise<Answered> => {
    const [text, nobodys] = [
      await askOpenly(route, stage),
      await askOpenly(route, await Stage.of(stage.world, 'nobody')),
    ];
    return { outcome: text === nobodys ? '+' : '?', isBare: false, text, given: [] };
  };
  return { name: `${route.method} ${route.path} by ${role}`, role, expected: '+', ask };
}

export function frameCell(row: FrameRow, role: Role, expected: string, vsn: Vsn): Cell {
  const name = `${row.kind} ${row.about} (version ${vsn + 1}) by ${role}`;
  return { name, role, expected, ask: (stage) => askByFrame(row, stage, vsn) };
}

async function askByFrame(row: FrameRow, stage: Stage, vsn: Vsn): Promise<Answered> {
  const line = await FrameLine.open(stage, vsn);
  if (!(line instanceof FrameLine)) return { outcome: line, isBare: false, text: '', given: [] };
  try {
    const about = await row.prepare(stage);
    // What was pushed while it was prepared came to who may have it.
    const before = line.heard.length;
    await stage.raise();
    const outcome = await row.send(line, about, stage, vsn);
    const text = line.heard
      .slice(before)
      .map((bytes) => Buffer.from(bytes).toString('latin1'))
      .join(' ');
    return { outcome, isBare: false, text, given: [] };
  } finally {
    line.raw.terminate();
  }
}
