import { afterEach, describe, expect, test, vi } from 'vitest';
import { type EffectScope, effectScope } from 'vue';
import { TabAttention } from '../src/app/notice/tab-attention.ts';
import { useTeller } from '../src/app/notice/use-teller.ts';

const scopes: EffectScope[] = [];
const tabs: TabAttention[] = [];

afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop();
  for (const tab of tabs.splice(0)) tab.close();
});

const soon = (look: () => unknown) => vi.waitFor(look, { timeout: 10_000 });

function openTab(uid: number) {
  const scope = effectScope();
  scopes.push(scope);
  const isTeller = scope.run(() => useTeller(uid)) as () => boolean;
  return { isTeller, close: () => scope.stop() };
}

describe('of several tabs of one account', () => {
  test('one tells, and another one when it is gone', async () => {
    const [first, second, third] = [openTab(1), openTab(1), openTab(1)];
    await soon(() => expect(first.isTeller()).toBe(true));
    expect([second.isTeller(), third.isTeller()]).toEqual([false, false]);
    // It waited in vain, and does not get its turn after it has gone.
    second.close();
    first.close();
    await soon(() => expect(third.isTeller()).toBe(true));
    expect([first.isTeller(), second.isTeller()]).toEqual([false, false]);
  });

  test('each account has a teller of its own', async () => {
    const [one, other] = [openTab(1), openTab(2)];
    await soon(() => expect([one.isTeller(), other.isTeller()]).toEqual([true, true]));
  });
});

describe('whether somebody looks at a conversation', () => {
  function tab(uid: number, looksAt: number | null): TabAttention {
    const made = new TabAttention(uid, (cid) => cid === looksAt);
    tabs.push(made);
    return made;
  }

  test('is known of the own tab and of the others', async () => {
    const asking = tab(1, 7);
    tab(1, 8);
    expect(await asking.isSeen(7)).toBe(true);
    // On a busy machine the other tab may be too late the first time.
    await soon(async () => expect(await asking.isSeen(8)).toBe(true));
    expect(await asking.isSeen(9)).toBe(false);
  });

  test('is asked of tabs of the same account only', async () => {
    const asking = tab(1, null);
    tab(2, 7);
    expect(await asking.isSeen(7)).toBe(false);
  });
});
