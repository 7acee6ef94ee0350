import { expect, test } from 'vitest';
import { oneAtATime } from '../src/app/one-at-a-time.ts';

/** Work that ends when it is told to. */
function heldWork() {
  const ends: PromiseWithResolvers<void>[] = [];
  const work = () => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  return { ends, work };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a burst is two runs: the first, and one that knows of all the others', async () => {
  const { ends, work } = heldWork();
  const ask = oneAtATime(work);
  const asked = [ask(), ask(), ask()];
  await settle();
  expect(ends.length).toBe(1);
  ends[0]?.resolve();
  await settle();
  expect(ends.length).toBe(2);
  let isDone = false;
  void asked[2]?.then(() => {
    isDone = true;
  });
  await settle();
  expect(isDone).toBe(false);
  ends[1]?.resolve();
  await Promise.all(asked);
  void ask();
  await settle();
  expect(ends.length).toBe(3);
});

test('a failure is told unless a later run mends it', async () => {
  const { ends, work } = heldWork();
  const ask = oneAtATime(work);
  const alone = ask();
  ends[0]?.reject(new Error('offline'));
  await expect(alone).rejects.toThrow('offline');
  const first = ask();
  const second = ask();
  ends[1]?.reject(new Error('offline'));
  await settle();
  ends[2]?.resolve();
  await Promise.all([first, second]);
});
