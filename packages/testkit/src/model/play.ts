import { rmSync } from 'node:fs';
import type { createServer } from '@flooim/server';
import fc from 'fast-check';
import { type Command, lookAt } from './command.ts';
import { connectionCommands } from './connection-commands.ts';
import { messageCommands } from './message-commands.ts';
import { Model } from './model.ts';
import { rosterCommands } from './roster-commands.ts';
import { type Beginning, makeBeginning, World } from './world.ts';

export interface ModelOptions {
  runs: number;
  /** Commands of one run at most. */
  commands: number;
  /** The same gives the same commands. Default: 1. */
  seed?: number;
  /** Where a failure said that it was found: only that one is played. Both, or neither. */
  path?: string;
  replayPath?: string;
  /** Parts of the server that are not the real ones. */
  overrides?: Parameters<typeof createServer>[1];
}

export interface ModelResult {
  runs: number;
  commands: number;
  /** The seed, the shortest list of commands that was found, and what differs then; undefined if nothing does. */
  failure?: string;
}

const all: fc.Arbitrary<Command>[] = [...rosterCommands, ...messageCommands, ...connectionCommands];

/** Plays random commands on the real server and the real SDK, and holds both against the model. */
export async function playModel(options: ModelOptions): Promise<ModelResult> {
  const { runs, commands, seed = 1, path, replayPath, overrides } = options;
  const beginning = await makeBeginning();
  const result: ModelResult = { runs: 0, commands: 0 };
  const property = fc.asyncProperty(
    fc.commands(all, { maxCommands: commands, size: 'max', replayPath }),
    async (list) => {
      result.runs += 1;
      result.commands += await playOnce(beginning, list, overrides);
    },
  );
  try {
    const details = await fc.check(property, { numRuns: runs, seed, path, endOnFailure: false });
    if (details.failed) result.failure = report(details);
    return result;
  } finally {
    rmSync(beginning.data, { recursive: true, force: true });
  }
}

function report({
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<[Iterable<Command>]>): string {
  const list = counterexample?.[0];
  const lines = [...(list ?? [])].map((command) => `  ${command}`);
  const replay = /replayPath="(.*?)"/.exec(String(list))?.[1];
  const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [`--seed ${seed} --path ${counterexamplePath} --replay ${replay}`, ...lines, error].join('\n');
}

async function playOnce(
  beginning: Beginning,
  list: Iterable<Command>,
  overrides: ModelOptions['overrides'],
): Promise<number> {
  const model = new Model();
  const world = await World.begin(beginning, model, overrides);
  try {
    await fc.asyncModelRun(() => ({ model: { model }, real: world }), list);
    for (const state of model.devices.values()) if (state.isAway) await world.bringBack(model, state.name);
    await lookAt(model, world);
    return world.commands;
  } finally {
    await world.end();
  }
}
