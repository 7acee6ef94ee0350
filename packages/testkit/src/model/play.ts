import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { createServer } from '@flooim/server';
import fc from 'fast-check';
import { userNames } from '../users.ts';
import { type Command, lookAt } from './command.ts';
import { compareHistory } from './compare-history.ts';
import { arrive, connectionCommands } from './connection-commands.ts';
import { Group } from './group.ts';
import { groupCommands } from './group-commands.ts';
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
  /** Looks for the shortest list of commands that shows a failure; it takes a while. Default: true. */
  shrink?: boolean;
  /** Parts of the server that are not the real ones. */
  overrides?: Parameters<typeof createServer>[1];
}

export interface ModelResult {
  runs: number;
  /** How many commands ran, by name. */
  ran: Map<string, number>;
  /** How often devices came back: their lines were cut, they had been away, or the server was started again. */
  reconnects: number;
  /** The seed, the shortest list of commands that was found, and what differs then; undefined if nothing does. */
  failure?: string;
}

const all: fc.Arbitrary<Command>[] = [...rosterCommands, ...messageCommands, ...groupCommands, ...connectionCommands];

/** Plays random commands on the real server and the real SDK, and holds both against the model. */
export async function playModel(options: ModelOptions): Promise<ModelResult> {
  const { runs, commands, seed = 1, path, replayPath, shrink = true, overrides } = options;
  const beginning = await makeBeginning();
  const result: ModelResult = { runs: 0, ran: new Map(), reconnects: 0 };
  const lists = fc.commands(all, { maxCommands: commands, size: 'max', replayPath });
  const property = fc.asyncProperty(fc.boolean(), lists, async (haveMet, list) => {
    result.runs += 1;
    const { ran, quiet } = await playOnce(beginning, haveMet, list, overrides);
    result.reconnects += quiet.reconnects;
    for (const [name, count] of ran) result.ran.set(name, (result.ran.get(name) ?? 0) + count);
  });
  try {
    const details = await fc.check(property, { numRuns: runs, seed, path, endOnFailure: !shrink });
    if (details.failed) result.failure = report(details);
    return result;
  } finally {
    rmSync(beginning.data, { recursive: true, force: true });
  }
}

/** How to play it again, the commands that ran, and what was wrong. */
function report(details: fc.RunDetails<[boolean, Iterable<Command>]>): string {
  const { seed, counterexamplePath, counterexample, errorInstance } = details;
  const [haveMet, list] = counterexample ?? [];
  const [ran = '', replay] = String(list).split(/ ?\/\*replayPath="(.*?)"\*\//);
  const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const lines = [`--seed ${seed} --path ${counterexamplePath} --replay ${replay}`];
  if (haveMet) lines.push('everybody has met');
  return [...lines, ran.replaceAll('),', ')\n'), error].join('\n');
}

async function playOnce(
  beginning: Beginning,
  haveMet: boolean,
  list: Iterable<Command>,
  overrides: ModelOptions['overrides'],
): Promise<World> {
  const model = new Model();
  const world = await World.begin(beginning, model, overrides);
  try {
    if (haveMet) await meet(model, world);
    await fc.asyncModelRun(() => ({ model: { model }, real: world }), list);
    for (const state of model.devices.values()) if (state.isAway) await world.bringBack(model, state.name);
    await lookAt(model, world);
    // What was heard bit by bit must be what somebody gets who comes now.
    for (const user of userNames) await arrive(model, world, user);
    await lookAt(model, world);
    assert.equal((await compareHistory(model, world)).join('\n'), '', 'the history differs from the model');
    return world;
  } finally {
    await world.end();
  }
}

/** Half of the runs begin with a group that all are in, and with two friends. */
async function meet(model: Model, world: World): Promise<void> {
  const { uids } = world;
  const [alice, bob] = [world.device('alice.phone').im, world.device('bob.phone').im];
  const { group_id } = await alice.groupManage.asyncCreate({ name: 'group0', user_list: [uids.bob, uids.carol] });
  const group = new Group(group_id, 'group0', 'alice');
  for (const user of ['bob', 'carol'] as const) group.admit(user);
  model.groups.set('group0', group);
  await bob.groupManage.asyncGetMemberList({ group_id });
  await bob.groupManage.asyncGetAdminList({ group_id });
  await alice.rosterManage.asyncApply({ user_id: uids.bob });
  model.befriend('alice', 'bob');
}
