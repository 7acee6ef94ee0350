import { describe, expect, it } from 'vitest';
import { ExpiringMap } from '../src/token/expiring-map.ts';
import { standingClock } from './support/rest.ts';

describe('what is kept for a while', () => {
  it('is there until its time is over, and never more of it than there is room for', () => {
    const clock = standingClock(1000);
    const map = new ExpiringMap<string>({ ttlMs: 10, size: 2, clock });
    expect([map.add('a', 'A'), map.add('b', 'B'), map.add('c', 'C')]).toEqual([1010, 1010, undefined]);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['A', 'B', undefined]);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    clock.advance(5);
    expect(map.add('c', 'C')).toBe(1015);
    clock.advance(5);
    expect([map.get('b'), map.get('c')]).toEqual([undefined, 'C']);
    expect(map.add('d', 'D')).toBe(1020);
  });
});
