import { expect, test } from 'vitest';
import {
  addressOf,
  chooseSlot,
  maxAccounts,
  ownPath,
  rememberSlot,
  sessionName,
} from '../src/session/account-slots.ts';
import { forgetUser } from '../src/session/forget-user.ts';
import {
  freeSlot,
  type KeptAccount,
  readAccounts,
  twinOf,
  withAccount,
  withoutSlot,
} from '../src/session/kept-accounts.ts';
import { memoryStorage } from './memory-storage.ts';

const account = (slot: number, uid: number, more: Partial<KeptAccount> = {}): KeptAccount => ({
  slot,
  uid,
  username: `user${uid}`,
  name: `User ${uid}`,
  avatar: '',
  ended: false,
  ...more,
});

test('a browser begins with the first slot, whose session has the name it always had', () => {
  expect(chooseSlot('app', { asked: null, tab: memoryStorage(), browser: memoryStorage() })).toBe(0);
  expect(sessionName(0)).toBeUndefined();
  expect(new Set([1, 2, 3, 4].map(sessionName)).size).toBe(4);
});

test('a tab keeps the account it was given, and a new tab begins with the last one used', () => {
  const [tab, other, browser] = [memoryStorage(), memoryStorage(), memoryStorage()];
  expect(chooseSlot('app', { asked: '2', tab, browser })).toBe(2);
  // Signed in there.
  rememberSlot('app', 2, { tab, browser });
  expect(chooseSlot('app', { asked: '1', tab: other, browser })).toBe(1);
  rememberSlot('app', 1, { tab: other, browser });
  expect(chooseSlot('app', { asked: null, tab, browser })).toBe(2);
  expect(chooseSlot('app', { asked: null, tab: memoryStorage(), browser })).toBe(1);
  expect(chooseSlot('another app', { asked: null, tab, browser })).toBe(0);
});

test('a tab that only looked at a login page moves no other tab', () => {
  const browser = memoryStorage();
  chooseSlot('app', { asked: '3', tab: memoryStorage(), browser });
  expect(chooseSlot('app', { asked: null, tab: memoryStorage(), browser })).toBe(0);
});

test.each(['', '-1', '1.5', String(maxAccounts), 'x', '1e9'])('“%s” is no slot', (asked) => {
  expect(chooseSlot('app', { asked, tab: memoryStorage(), browser: memoryStorage() })).toBe(0);
});

test('where nothing can be kept the address says it', () => {
  expect(chooseSlot('app', { asked: '4' })).toBe(4);
  expect(chooseSlot('app', { asked: null })).toBe(0);
});

test('an address says whose page it is, or leaves it open', () => {
  const address = addressOf('/c/7', 2, 'app');
  expect(ownPath(address, 2, 'app')).toBe('/c/7');
  expect(ownPath(address, 1, 'app')).toBeNull();
  expect(ownPath(address, 2, 'another app')).toBeNull();
  expect(ownPath('/g/8', 2, 'app')).toBeNull();
});

test('an account is put into its slot, and taken out of it', () => {
  const both = withAccount([account(1, 11)], account(0, 10));
  expect(both.map((one) => one.slot)).toEqual([0, 1]);
  expect(withAccount(both, account(1, 12)).map((one) => one.uid)).toEqual([10, 12]);
  expect(withoutSlot(both, 0)).toEqual([account(1, 11)]);
});

test('one more account goes into the first slot that is free, until all are taken', () => {
  expect(freeSlot([])).toBe(0);
  expect(freeSlot([account(0, 1), account(2, 2)])).toBe(1);
  expect(freeSlot(Array.from({ length: maxAccounts }, (_, slot) => account(slot, slot + 1)))).toBeNull();
});

test('an account that is signed in to twice is found in its other slot', () => {
  const list = [account(0, 10), account(1, 11)];
  expect(twinOf(list, account(2, 11))?.slot).toBe(1);
  expect(twinOf(list, account(1, 11))).toBeUndefined();
});

test('what was kept is read again, and nonsense is left out', () => {
  const list = [account(0, 10), account(3, 13, { ended: true })];
  expect(readAccounts(JSON.stringify(list))).toEqual(list);
  const nonsense = [null, 7, { slot: 9, uid: 1 }, { ...account(1, 1), uid: 'x' }, { ...account(1, 1), name: null }];
  expect(readAccounts(JSON.stringify([...nonsense, account(2, 12)]))).toEqual([account(2, 12)]);
  expect(readAccounts(JSON.stringify([account(1, 1), account(1, 2)])).map((one) => one.uid)).toEqual([2]);
  for (const text of [null, '', '{}', '"x"', 'not json']) expect(readAccounts(text)).toEqual([]);
});

test('what is forgotten of a user is his alone', () => {
  const store = memoryStorage({
    'flooim.draft.7.9': 'to nine',
    'flooim.draft.9.7': 'of nine',
    'flooim.draft.77.1': 'of another',
    'flooim.heard.7': '{}',
    'flooim.theme': 'dark',
    'flooim:flooim:session': '{}',
    'other.heard.7': 'of another app',
  });
  forgetUser(7, store);
  expect([...store.kept.keys()]).toEqual([
    'flooim.draft.9.7',
    'flooim.draft.77.1',
    'flooim.theme',
    'flooim:flooim:session',
    'other.heard.7',
  ]);
});
