import type { FlooError, FlooEventMap, FlooEventName, Flooim } from 'flooim';
import { expect } from 'vitest';
import { checkArguments, checkPayload, checkResult } from './documented.ts';
import type { Actor, Stage, Told } from './stage.ts';

type Modules = Pick<Flooim, 'groupManage' | 'rosterManage' | 'sysManage' | 'userManage'> & { flooim: Flooim };
type AnyMethod = (...args: never[]) => unknown;
type Named<M extends keyof Modules> = {
  [K in keyof Modules[M] & string]: Modules[M][K] extends AnyMethod ? `${M}.${K}` : never;
}[keyof Modules[M] & string];
/** `rosterManage.asyncApply`. */
export type Method = { [M in keyof Modules]: Named<M> }[keyof Modules];
type Called<N extends Method> = N extends `${infer M extends keyof Modules}.${infer K}`
  ? K extends keyof Modules[M]
    ? Extract<Modules[M][K], AnyMethod>
    : never
  : never;
type Result<N extends Method> = Awaited<ReturnType<Called<N>>>;

/** A payload, or as much of it as matters; a function decides itself. */
type Wanted<T> = Partial<T> | T | ((payload: T) => boolean) | typeof anything;
/** What one party sees; several of one event as a list. */
export type Sees = { [E in FlooEventName]?: Wanted<FlooEventMap[E]> | readonly Wanted<FlooEventMap[E]>[] };

interface Wishes {
  /** As much of the result as matters, besides its type. */
  gives?: unknown;
  /** It must be refused, with this `code` or `serverCode`. */
  refused?: string | number;
}

interface Expected<T> extends Wishes {
  /** By who sees it: `alice` for all her devices, `bob.phone carol` for these. All others see nothing. */
  sees?: Record<string, Sees> | ((result: T) => Record<string, Sees>);
}

/** Any payload. */
export const anything = Symbol('anything');

/** Told as often as something it covers changed; how often depends on what arrives together. */
const repeatable: ReadonlySet<FlooEventName> = new Set<FlooEventName>([
  'recentlistUpdate',
  'onUnreadChange',
  'onRosterInfoUpdate',
  'onMessageStatusChanged',
  'onGroupListUpdate',
  'onGroupMemberChanged',
]);

/** What the run has shown so far. */
export const shown = {
  methods: new Set<string>(),
  events: new Set<string>(),
  /** `flooNotice` and `flooError` in words. */
  words: new Set<string>(),
};

/**
 * Calls a method of the documentation for real and holds it against it: arguments, result, and the events of every device on the
 * stage once all is quiet.
 */
export async function step<N extends Method>(
  stage: Stage,
  actor: Actor,
  method: N,
  args: Parameters<Called<N>>,
  expected: Expected<Result<N>> = {},
): Promise<Result<N>> {
  shown.methods.add(method);
  const problems = checkArguments(method, args);
  const [module, name] = method.split('.') as [keyof Modules, string];
  const owner = (module === 'flooim' ? actor.im : actor.im[module]) as unknown as Record<string, AnyMethod>;
  let result: unknown;
  const outcome = await attempt(async () => {
    const returned = owner[name]?.(...(args as never[]));
    problems.push(...(await checkResult(method, returned)));
    result = await returned;
  });
  problems.push(...judgeOutcome(outcome, result, expected));
  const sees = typeof expected.sees === 'function' ? expected.sees(result as Result<N>) : expected.sees;
  problems.push(...(await told(stage, sees ?? {})));
  report(`${actor.name} ${method}`, problems);
  return result as Result<N>;
}

/** Something that happens without a call of the documentation, such as an administrator's act. */
export async function event<T>(
  stage: Stage,
  what: string,
  act: () => T | Promise<T>,
  sees: Record<string, Sees> = {},
): Promise<T> {
  const result = await act();
  report(what, await told(stage, sees));
  return result;
}

/** What happened until now was shown elsewhere, or is not of interest. */
export async function interlude(stage: Stage, act: () => unknown = () => {}): Promise<void> {
  await act();
  await stage.settle();
  for (const actor of stage.actors) actor.told = [];
}

function report(what: string, problems: readonly string[]): void {
  expect.soft(problems.join('\n'), what).toBe('');
}

async function attempt(act: () => Promise<void>): Promise<FlooError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error as FlooError;
  }
}

function judgeOutcome(error: FlooError | undefined, result: unknown, { gives, refused }: Wishes): string[] {
  if (refused !== undefined) {
    const isRight = error && (error.code === refused || error.serverCode === refused);
    return isRight ? [] : [`should be refused with ${refused}: ${error ? describe(error) : 'was not refused'}`];
  }
  if (error) return [`was refused: ${describe(error)}`];
  return gives === undefined || matches(result, gives) ? [] : [`gave ${text(result)}, not ${text(gives)}`];
}

function describe({ message, code, serverCode, stack }: FlooError): string {
  return code ? `${code} ${serverCode ?? ''} ${message}` : `${message} ${stack}`;
}

async function told(stage: Stage, sees: Record<string, Sees>): Promise<string[]> {
  await stage.settle();
  const unknown = Object.keys(sees).flatMap((who) => who.split(' ').filter((one) => !actorsOf(stage, one).length));
  if (unknown.length > 0) return [`nobody is called ${unknown.join(', ')}`];
  return stage.actors.flatMap((actor) => {
    const mine = Object.entries(sees).flatMap(([who, what]) =>
      who.split(' ').some((one) => actorsOf(stage, one).includes(actor)) ? [what] : [],
    );
    const seen = actor.told;
    actor.told = [];
    return judgeEvents(actor.name, seen, mine);
  });
}

function actorsOf(stage: Stage, who: string): Actor[] {
  return stage.actors.filter(({ name }) => name === who || name.startsWith(`${who}.`));
}

function judgeEvents(name: string, seen: readonly Told[], wanted: readonly Sees[]): string[] {
  for (const one of seen) note(one);
  const names = new Set([...seen.map((one) => one.event), ...wanted.flatMap((one) => Object.keys(one))]);
  return [
    ...seen.flatMap((one) => checkPayload(one.event, one.payload).map((problem) => `${name}: ${problem}`)),
    ...[...names].flatMap((each) => judgeEvent(name, each as FlooEventName, seen, wanted)),
  ];
}

function note(one: Told): void {
  shown.events.add(one.event);
  if (one.event === 'flooError') shown.words.add(one.payload.category);
  if (one.event !== 'flooNotice') return;
  const { category, desc } = one.payload;
  shown.words.add(`${category} ${typeof desc === 'string' ? desc.replace(/:.*/, '') : ''}`.trim());
}

function judgeEvent(name: string, event: FlooEventName, seen: readonly Told[], wanted: readonly Sees[]): string[] {
  const payloads = seen.filter((one) => one.event === event).map((one) => one.payload);
  const wishes = wanted.flatMap((one) => (event in one ? [one[event]].flat() : []));
  const surplus = payloads.filter((payload) => !wishes.some((wish) => matches(payload, wish)));
  const missing = wishes.filter((wish) => !payloads.some((payload) => matches(payload, wish)));
  const isOften = !repeatable.has(event) && payloads.length > wishes.length && surplus.length === 0;
  return [
    ...surplus.map((payload) => `${name} sees ${event} ${text(payload)}`),
    ...missing.map((wish) => `${name} does not see ${event} ${text(wish)}`),
    ...(isOften ? [`${name} sees ${event} ${payloads.length} times`] : []),
  ];
}

/** Whether it is what was wanted, or has all that was wanted. */
function matches(actual: unknown, wanted: unknown): boolean {
  if (wanted === anything) return true;
  if (typeof wanted === 'function') return wanted(actual) === true;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && actual.length === wanted.length && wanted.every((item, i) => matches(actual[i], item))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([key, value]) => matches((actual as Record<string, unknown>)[key], value));
}

function text(value: unknown): string {
  if (value === anything) return '';
  return typeof value === 'function' ? String(value) : JSON.stringify(value);
}
