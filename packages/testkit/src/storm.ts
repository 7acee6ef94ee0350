import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from './proxy.ts';
import { Random } from './random.ts';

/** The bytes of 64 kbit/s. */
const slowBytesPerSec = 8_000;

/** How each fault begins; it ends when the links pass again. */
const faults = {
  cut: (proxy: FaultProxy, random: Random) => {
    const share = random.chance(0.5) ? 1 : 0.5;
    for (const link of proxy.live) if (random.chance(share)) link.cut();
  },
  'half-open': (proxy: FaultProxy, random: Random, abandoned: number) => {
    for (const link of proxy.live) {
      if (random.chance(abandoned)) link.abandon();
      else link.set({ kind: 'blackhole' });
    }
  },
  stall: (proxy: FaultProxy) => proxy.set({ kind: 'stall' }),
  slice: (proxy: FaultProxy, random: Random) => proxy.set({ kind: 'slice', maxBytes: random.between(1, 16) }),
  slow: (proxy: FaultProxy) => proxy.set({ kind: 'slow', bytesPerSec: slowBytesPerSec }),
};

export type FaultKind = keyof typeof faults;

export const faultKinds = Object.keys(faults) as FaultKind[];

export interface StormOptions {
  /** Fixes the faults, their order and their lengths. */
  seed: number;
  count: number;
  /** The longest that a fault lasts. Default 200. */
  faultMs?: number;
  /** The longest calm behind it. Default 200. */
  calmMs?: number;
  /** Of the links that are half-open, this share stays so, until both ends have found out by themselves. Default 0. */
  abandoned?: number;
  /** A fault waits so long for a link that it can strike. Default 0. */
  patienceMs?: number;
}

/**
 * Brings faults, each for a while, with calm between them; of five that follow each other no two are of one kind. Gives how
 * many of each kind struck at least one link.
 */
export async function storm(proxy: FaultProxy, options: StormOptions): Promise<Record<FaultKind, number>> {
  const { seed, count, faultMs = 200, calmMs = 200, abandoned = 0, patienceMs = 0 } = options;
  const random = new Random(seed);
  const wait = (ms: number) => sleep(random.between(0, ms));
  const struck: Record<FaultKind, number> = { cut: 0, 'half-open': 0, stall: 0, slice: 0, slow: 0 };
  let coming: FaultKind[] = [];
  for (let i = 0; i < count; i++) {
    if (coming.length === 0) coming = [...faultKinds];
    const kind = random.pick(coming);
    coming = coming.filter((each) => each !== kind);
    const end = performance.now() + patienceMs;
    while (proxy.live.length === 0 && performance.now() < end) await sleep(20);
    if (proxy.live.length > 0) struck[kind] += 1;
    faults[kind](proxy, random, abandoned);
    await wait(faultMs);
    proxy.set({ kind: 'pass' });
    await wait(calmMs);
  }
  return struck;
}
