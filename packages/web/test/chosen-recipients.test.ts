import { expect, test } from 'vitest';
import { mostRecipients, toggled } from '../src/message/forward/chosen-recipients.ts';

const people = Array.from({ length: mostRecipients + 1 }, (_, i) => ({ id: i + 1, name: `Ann ${i + 1}` }));
const [ann, bob] = people as [{ id: number; name: string }, { id: number; name: string }];
const full = people.slice(0, mostRecipients);

test('who is chosen again is chosen no more', () => {
  expect(toggled([ann], bob)).toEqual([ann, bob]);
  expect(toggled([ann, bob], { ...ann, name: 'renamed meanwhile' })).toEqual([bob]);
});

test('as many can be chosen as one may send to at once, and no more', () => {
  expect(toggled(full.slice(1), ann)).toHaveLength(mostRecipients);
  expect(toggled(full, people.at(-1) ?? ann)).toBeNull();
  expect(toggled(full, ann)).toHaveLength(mostRecipients - 1);
});
