import { setImmediate as nextTurn } from 'node:timers/promises';
import { Vsn } from '@flooim/protocol';
import { describe, expect, test } from 'vitest';
import { Outbox } from '../src/delivery/outbox.ts';

const much = 512 * 1024;

/** An outbox whose frames go into `left`, under a name. */
function outboxOf(name: string, left: string[]): Outbox {
  const connection = {
    bufferedBytes: 0,
    write: (frames: readonly Uint8Array[]) => void left.push(...frames.map((frame) => `${name} ${frame[0]}`)),
    close: () => {},
  };
  return new Outbox(connection, Vsn.V2);
}

function frame(mark: number, bytes = 100): Uint8Array {
  return new Uint8Array(bytes).fill(mark);
}

describe('what leaves at the end of a turn', () => {
  test('is everything, where there is little', async () => {
    const left: string[] = [];
    for (const name of ['a', 'b', 'c']) outboxOf(name, left).answer(frame(1));
    await nextTurn();
    expect(left).toEqual(['a 1', 'b 1', 'c 1']);
  });

  test('is a part, where there is much, and others do not wait for the rest', async () => {
    const left: string[] = [];
    const busy = ['a', 'b', 'c', 'd'].map((name) => outboxOf(name, left));
    for (const outbox of busy) outbox.answer(frame(1, much));
    const bystander = outboxOf('bystander', left);
    bystander.answer(frame(1));
    await nextTurn();
    expect(left).toEqual(['a 1', 'b 1', 'bystander 1']);
    // Whoever waits keeps his order.
    busy[3]?.answer(frame(2));
    bystander.answer(frame(2));
    await nextTurn();
    expect(left.slice(3)).toEqual(['c 1', 'd 1', 'd 2', 'bystander 2']);
    await nextTurn();
    expect(left.length).toBe(7);
  });
});
