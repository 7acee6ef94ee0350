import { FlooError } from 'flooim';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { enteredCode } from '../src/session/entered-code.ts';
import {
  type LoginCodeAnswer,
  type LoginCodeParts,
  type LoginCodeState,
  showLoginCodes,
} from '../src/session/login-code-flow.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lifeMs = 120_000;
const answer: LoginCodeAnswer = { user_id: 7, password: 'once' };

/** A server whose codes are confirmed by `confirm`, and what the page shows. */
function world(change: Partial<LoginCodeParts> = {}) {
  const states: LoginCodeState[] = [];
  const entered: LoginCodeAnswer[] = [];
  const end = new AbortController();
  let codes = 0;
  let confirm: (answer: LoginCodeAnswer) => void = () => {};
  const parts: LoginCodeParts = {
    create: async () => ({ code: `c${++codes}`, url: `https://chat.example/#/login-code/c${codes}`, expires: 0 }),
    waitFor: (_code, { signal }) =>
      new Promise((resolve, reject) => {
        confirm = resolve;
        signal.addEventListener('abort', () => reject(new FlooError('CANCELED', 'the waiting was ended')));
      }),
    enter: async (one) => void entered.push(one),
    lifeMs,
    show: (state) => states.push(state),
    ...change,
  };
  const done = showLoginCodes(parts, end.signal);
  return { states, entered, done, end, confirm: () => confirm(answer), names: () => states.map((one) => one.name) };
}

test('a code is shown, confirmed, and lets in', async () => {
  const { states, entered, done, confirm, names } = world();
  await vi.advanceTimersByTimeAsync(5000);
  expect(states.at(-1)).toMatchObject({ name: 'waiting', url: 'https://chat.example/#/login-code/c1' });
  confirm();
  await done;
  expect(names()).toEqual(['asking', 'waiting', 'confirmed']);
  expect(entered).toEqual([answer]);
});

test('a code that ends is replaced by a new one, counted from when it came', async () => {
  const { states } = world();
  await vi.advanceTimersByTimeAsync(lifeMs + 1000);
  const last = states.at(-1);
  expect(last).toMatchObject({ name: 'waiting', url: 'https://chat.example/#/login-code/c2' });
  expect(last?.name === 'waiting' && last.endsAt - Date.now()).toBe(lifeMs - 1000);
});

test('a page that is left open stops asking for codes', async () => {
  const { names, done } = world();
  await vi.advanceTimersByTimeAsync(lifeMs * 20);
  await done;
  expect(names().filter((name) => name === 'waiting')).toHaveLength(5);
  expect(names().at(-1)).toBe('resting');
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['when there is no connection', { create: () => Promise.reject(new FlooError('NETWORK', 'down')) }, 'NETWORK'],
  ['when the code is refused', { waitFor: () => Promise.reject(new FlooError('REJECTED', 'not valid')) }, 'REJECTED'],
])('it says so %s', async (_, change, code) => {
  const { states, done } = world(change);
  await done;
  expect(states.at(-1)).toMatchObject({ name: 'failed', error: { code } });
});

test('it says so when what the code gave does not let in', async () => {
  const { states, done, confirm } = world({ enter: () => Promise.reject(new FlooError('LOGIN_REJECTED', 'used')) });
  await vi.advanceTimersByTimeAsync(0);
  confirm();
  await done;
  expect(states.at(-1)).toMatchObject({ name: 'failed', error: { code: 'LOGIN_REJECTED' } });
});

test('a page that is left shows nothing more, and no timer stays', async () => {
  const { names, done, end } = world();
  await vi.advanceTimersByTimeAsync(0);
  end.abort();
  await done;
  expect(names()).toEqual(['asking', 'waiting']);
  expect(vi.getTimerCount()).toBe(0);
});

const code = 'aB3_-xyzaB3_-xyzaB3_-xyz';

test.each([code, ` ${code}\n`, `https://chat.example/#/login-code/${code}`, `/#/login-code/${code}`])(
  '“%s” names the code',
  (text) => expect(enteredCode(text)).toBe(code),
);

test.each(['', 'short', 'no code', `https://chat.example/join/${code}`, `${code}?`, 'a'.repeat(129)])(
  '“%s” names none',
  (text) => expect(enteredCode(text)).toBeNull(),
);
