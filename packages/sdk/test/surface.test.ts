import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { closeAll, open } from './support.ts';

interface Api {
  modules: Record<string, Record<string, { args: string[]; returns: string }>>;
  events: Record<string, unknown>;
}

const api = JSON.parse(readFileSync(new URL('api.json', import.meta.url), 'utf8')) as Api;

/** Events that are ours; the documentation has none of them. */
const additive = new Set(['connectionChange', 'onGroupNotice', 'onMessageEdited']);

afterEach(closeAll);

const documented = Object.entries(api.modules).flatMap(([module, methods]) =>
  Object.keys(methods)
    .filter((name) => name !== 'flooim')
    .map((name) => [module, name] as const),
);

const instance = () =>
  open({ appid: 'flooim', dnsServer: 'http://127.0.0.1:9/v2/app_dns' }).im as unknown as Record<
    string,
    Record<string, unknown>
  >;

test('every documented method is there under its name', () => {
  const im = instance();
  const missing = documented.filter(
    ([module, name]) => typeof (module === 'flooim' ? im : im[module])?.[name] !== 'function',
  );
  expect(missing).toEqual([]);
  expect(documented.length).toBeGreaterThan(100);
});

test('what is ours in groupManage has good names, and nothing else is added', () => {
  const added = Object.keys(instance()['groupManage'] ?? {}).filter((name) => !api.modules['groupManage']?.[name]);
  const ours = ['asyncCreateCode', 'asyncGetPublicGroups', 'asyncJoinByCode', 'asyncRenameFile', 'asyncSetPushMode'];
  const others = ['asyncUpdateHideMemberInfo', 'can', 'getAnnouncements', 'getRole'];
  expect(added.sort()).toEqual([...ours, ...others]);
});

test('methods whose documentation promises a promise reject, the others throw', () => {
  const im = instance();
  for (const [module, name] of documented) {
    if (module === 'flooim') continue;
    const method = api.modules[module]?.[name];
    const call = im[module]?.[name] as () => unknown;
    if (!method?.returns.startsWith('Promise')) continue;
    const result = call() as Promise<unknown>;
    expect(result, name).toBeInstanceOf(Promise);
    result.catch(() => {});
  }
});

test('all documented events and no others can be listened to by their documented names', () => {
  const source = readFileSync(new URL('../src/event/event-map.ts', import.meta.url), 'utf8');
  const map = source.slice(source.indexOf('interface FlooEventMap'), source.indexOf('export type FlooEventName'));
  const names = [...map.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
  expect(names.filter((name) => !additive.has(name ?? '')).sort()).toEqual(Object.keys(api.events).sort());
});
