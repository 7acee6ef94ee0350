import assert from 'node:assert/strict';
import type fc from 'fast-check';
import type { AsyncCommand } from 'fast-check';
import type { FlooError } from 'flooim';
import { compare } from './compare.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** So many commands from one look at everything to the next. */
const compareEvery = 6;

/** What a command is: when it can be, and what it does to both sides. */
export interface Rule<A> {
  can(model: Model, args: A): boolean;
  /** Does it for real, holds the answer against what the model says, and does it to the model. */
  run(model: Model, world: World, args: A): Promise<void>;
}

/** The model, as something that keeps its class when it is made read-only. */
export interface Played {
  model: Model;
}

export type Command = AsyncCommand<Played, World>;

/** Commands of one kind, with all kinds of arguments. */
export function commands<A>(name: string, args: fc.Arbitrary<A>, rule: Rule<NoInfer<A>>): fc.Arbitrary<Command> {
  return args.map((values) => ({
    check: ({ model }) => rule.can(model, values),
    async run({ model }, world) {
      await rule.run(model, world, values);
      world.ran.set(name, (world.ran.get(name) ?? 0) + 1);
      if (total(world.ran) % compareEvery === 0) await lookAt(model, world);
    },
    toString: () => `${name}(${Object.values(values as object).join(', ')})`,
  }));
}

/** Waits until all is quiet, then compares everything. */
export async function lookAt(model: Model, world: World): Promise<void> {
  await world.settle();
  model.settled();
  const differences = await compare(model, world);
  assert.equal(differences.join('\n'), '', 'the model and the real thing differ');
}

/** The code of a refusal, 0 when there was none. */
export async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    const { serverCode } = error as FlooError;
    if (serverCode === undefined) throw error;
    return serverCode;
  }
}

export function expectCode(actual: number, expected: number, what: string): void {
  assert.equal(actual, expected, `the answer to ${what}`);
}

export function total(ran: ReadonlyMap<string, number>): number {
  return [...ran.values()].reduce((sum, count) => sum + count, 0);
}
