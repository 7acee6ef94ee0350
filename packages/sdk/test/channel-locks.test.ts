import { describe, expect, test } from 'vitest';
import { type ChannelClass, channelLocks } from '../src/platform/channel-locks.ts';
import { systemClock, type TabLocks } from '../src/platform/platform.ts';

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

  test('of many that ask at once exactly one gets it', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(tab(), 'contested')));
    const winners = claims.filter((release) => release !== undefined);
    expect(winners).toHaveLength(1);
    winners[0]?.();
  });
});
