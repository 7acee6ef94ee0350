import { describe, expect, test } from 'vitest';
import { type ChannelClass, channelLocks } from '../src/platform/channel-locks.ts';
import { memoryKeyValue, systemClock, type TabLocks } from '../src/platform/platform.ts';
import { FakeClock } from './fakes.ts';

const tab = (random = Math.random): TabLocks =>
  channelLocks(BroadcastChannel as unknown as ChannelClass, systemClock, random);

/** What a tab gets: how to let go, or undefined where another has it. */
function claim(locks: TabLocks, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    void locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined);
      return new Promise<void>((release) => resolve(release));
    });
  });
}

describe('tabs without Web Locks', () => {
  test('a name that nobody holds is free, one that is held is not, and it is free again afterwards', async () => {
    const release = await claim(tab(), 'one');
    expect(release).toBeDefined();
    expect(await claim(tab(), 'one')).toBeUndefined();
    const other = await claim(tab(), 'two');
    expect(other).toBeDefined();
    release?.();
    const again = await claim(tab(), 'one');
    expect(again).toBeDefined();
    again?.();
    other?.();
  });

  test('a tab that is too busy to answer is known by its lease, until that is old or its own', async () => {
    const keyValue = memoryKeyValue();
    const silent = class {
      onmessage = null;
      postMessage() {}
      close() {}
    };
    const clock = new FakeClock();
    let leave = () => {};
    const leaving = (run: () => void) => {
      leave = run;
    };
    const busyTab = (owner: string) => channelLocks(silent, clock, Math.random, { keyValue, owner, leaving });
    const held = async (owner: string) => {
      const claimed = claim(busyTab(owner), 'leased');
      await clock.advance(200);
      return claimed;
    };
    const first = await held('a');
    expect(first).toBeDefined();
    await clock.advance(60_000);
    expect(await held('b')).toBeUndefined();
    expect(await held('a')).toBeDefined();
    keyValue.setItem('leased:lease', JSON.stringify({ owner: 'gone', at: clock.now() - 8001 }));
    expect(await held('b')).toBeDefined();
    leave();
    expect(await held('c')).toBeDefined();
  });

  test('of many that ask at once exactly one gets it', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(tab(), 'contested')));
    const winners = claims.filter((release) => release !== undefined);
    expect(winners).toHaveLength(1);
    winners[0]?.();
  });
});
