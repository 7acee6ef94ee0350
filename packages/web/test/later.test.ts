import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** Of a page of its own: what waits is known once for all of it. */
let parts: typeof import('../src/ui/later.ts');
let events: EventTarget;

const settle = () => new Promise((resolve) => setImmediate(resolve));
const goes = (onLine: boolean, controller: object | null = null) =>
  vi.stubGlobal('navigator', { onLine, serviceWorker: { controller } });

beforeEach(async () => {
  events = new EventTarget();
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
  goes(true);
  vi.resetModules();
  parts = await import('../src/ui/later.ts');
});
afterEach(() => vi.unstubAllGlobals());

test('a part is fetched once, when the first screen has settled or somebody wants it before', async () => {
  const load = vi.fn(async () => 'part');
  const get = parts.later(load);
  expect(load).not.toHaveBeenCalled();
  expect(await get()).toBe('part');
  parts.fetchLater();
  expect(await get()).toBe('part');
  expect(load).toHaveBeenCalledTimes(1);
});

test('one that is named afterwards is fetched at once', async () => {
  parts.fetchLater();
  const load = vi.fn(async () => 'part');
  parts.later(load);
  await settle();
  expect(load).toHaveBeenCalledTimes(1);
});

test('without a network none is asked for, and nothing is spoilt by wanting one', async () => {
  const load = vi.fn(async () => 'part');
  const get = parts.later(load);
  goes(false);
  await expect(get()).rejects.toThrow('offline');
  expect(load).not.toHaveBeenCalled();
  goes(true);
  expect(await get()).toBe('part');
});

test('without a network all wait for it', async () => {
  const load = vi.fn(async () => 'part');
  parts.later(load);
  goes(false);
  parts.fetchLater();
  await settle();
  expect(load).not.toHaveBeenCalled();
  goes(true);
  events.dispatchEvent(new Event('online'));
  await settle();
  expect(load).toHaveBeenCalledTimes(1);
});

test('the worker has the files without a network', async () => {
  goes(false, {});
  const get = parts.later(async () => 'part');
  expect(await get()).toBe('part');
});

test('what failed is asked for again', async () => {
  const load = vi.fn(async () => 'part').mockRejectedValueOnce(new Error('cut'));
  const get = parts.later(load);
  await expect(get()).rejects.toThrow('cut');
  expect(await get()).toBe('part');
});
