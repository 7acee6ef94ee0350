import type { Random } from '../random.ts';
import { noServerFaults, type ServerFaults } from './model-server.ts';
import type { Tab, World } from './tab.ts';

/** Something that goes wrong, and how it is right again. */
export type Fault = (world: World, tab: Tab, random: Random) => void;

/** Each as often as it stands here. */
export const faults: readonly [string, number, Fault][] = [
  ['cut', 6, (_, tab) => tab.page?.link?.cut()],
  ['cut down soon', 8, (_, tab, random) => limit(tab, 'downLeft', random)],
  ['cut up soon', 5, (_, tab, random) => limit(tab, 'upLeft', random)],
  ['silence', 3, (_, tab) => tab.page?.link?.silence()],
  ['stall', 5, (_, tab, random) => tab.page?.link?.stall(random.between(100, 15_000))],
  ['slow network', 3, (world, tab, random) => slow(world, tab.weather, random.between(200, 6000), random)],
  ['no network', 3, noNetwork],
  ['refuse provisions', 2, (world, _, random) => server(world, { refusedProvisions: random.between(1, 3) })],
  ['refuse sends', 3, (world, _, random) => server(world, { refusedSends: random.between(1, 3) })],
  ['refuse pulls', 2, (world, _, random) => server(world, { refusedPulls: random.between(1, 3) })],
  ['leave out', 5, (world, _, random) => server(world, { leftOut: random.between(1, 4) })],
  ['small pages', 3, (world, _, random) => server(world, { pageEntries: random.between(1, 5) })],
  ['restart', 2, restart],
  ['slow server', 3, (world, _, random) => slow(world, world.server.faults, random.between(100, 4000), random)],
  ['end tokens', 1, (world, tab) => world.server.endTokens(tab.uid)],
  ['slow rest', 2, (world, tab, random) => slow(world, tab.rest, random.between(1000, 25_000), random)],
  ['failing rest', 3, (_, tab, random) => set(tab.rest, { failing: random.between(1, 6) })],
  ['slow disk', 5, (world, tab, random) => slow(world, tab.browser.disk.faults, random.between(100, 5000), random)],
  ['failing disk', 1, failingDisk],
  ['crash', 5, (world, tab, random) => leave(world, tab, random, () => tab.crash())],
  ['close', 2, (world, tab, random) => leave(world, tab, random, () => tab.close())],
  ['freeze', 3, (_, tab, random) => tab.page?.freeze(random.between(100, 90_000))],
  ['wrong clock', 2, (_, tab, random) => set(tab.browser, { skewMs: random.between(-7_200_000, 7_200_000) })],
  ['wake', 2, wake],
];

/** Everything is right again, but for clocks. */
export function calm({ server }: World, tabs: readonly Tab[]): void {
  Object.assign(server.faults, noServerFaults);
  server.start();
  for (const tab of tabs) {
    Object.assign(tab.weather, { down: 'no', slowMs: 40 });
    Object.assign(tab.rest, { failing: 0, slowMs: 60 });
    Object.assign(tab.browser.disk.faults, { failing: false, slowMs: 5 });
    const { link } = tab.page ?? {};
    if (link) link.downLeft = link.upLeft = Number.POSITIVE_INFINITY;
    tab.load();
  }
}

/** The next few frames still arrive. */
function limit(tab: Tab, way: 'downLeft' | 'upLeft', random: Random): void {
  const { link } = tab.page ?? {};
  if (link) link[way] = random.between(0, 5);
}

function set<T extends object>(what: T, change: Partial<T>): void {
  Object.assign(what, change);
}

function server(world: World, change: Partial<ServerFaults>): void {
  set(world.server.faults, change);
}

/** For a while. */
function slow({ time }: World, what: { slowMs: number }, slowMs: number, random: Random): void {
  const before = what.slowMs;
  what.slowMs = slowMs;
  time.after(random.between(500, 30_000), () => set(what, { slowMs: Math.min(before, what.slowMs) }));
}

function noNetwork({ time }: World, { weather, page }: Tab, random: Random): void {
  weather.down = random.chance(0.5) ? 'refuses' : 'hangs';
  if (random.chance(0.5)) page?.link?.cut();
  else page?.link?.silence();
  time.after(random.between(500, 40_000), () => set(weather, { down: 'no' }));
}

function restart(world: World, _: Tab, random: Random): void {
  world.server.stop();
  world.time.after(random.between(50, 15_000), () => world.server.start());
}

function failingDisk({ time }: World, { browser }: Tab, random: Random): void {
  browser.hadFaults = true;
  set(browser.disk.faults, { failing: true });
  time.after(random.between(10, 5000), () => set(browser.disk.faults, { failing: false }));
}

function leave({ time }: World, tab: Tab, random: Random, end: () => void): void {
  end();
  time.after(random.between(0, 8000), () => tab.load());
}

function wake(_: World, tab: Tab): void {
  for (const one of tab.page?.wakes ?? []) one();
}
