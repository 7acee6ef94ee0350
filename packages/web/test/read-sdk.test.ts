import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSdk } from '../read-sdk.ts';

interface Api {
  modules: Record<string, Record<string, unknown>>;
  events: Record<string, unknown>;
}

const api = JSON.parse(readFileSync(new URL('../../sdk/test/api.json', import.meta.url), 'utf8')) as Api;
const { managers, events } = readSdk();

const documented = Object.entries(api.modules).flatMap(([module, methods]) =>
  Object.keys(methods)
    .filter((name) => name !== 'flooim')
    .map((name) => `${module === 'flooim' ? 'im' : module}.${name}`),
);
const methods = managers.flatMap(({ name, methods }) =>
  methods.map((method) => ({ ...method, full: `${name}.${method.name}` })),
);
const method = (name: string) => methods.find(({ full }) => full === name);

test('every method that floo documents is read, and the others are marked as additive', () => {
  const plain = methods.filter(({ additive }) => !additive).map(({ full }) => full);
  expect(plain.sort()).toEqual(documented.sort());
  expect(methods.length).toBeGreaterThan(documented.length);
});

test('so are the events', () => {
  const plain = events.filter(({ additive }) => !additive).map(({ name }) => name);
  expect(plain.sort()).toEqual(Object.keys(api.events).sort());
});

test('a parameter tells its fields, with their words, types and what can be given', () => {
  expect(method('sysManage.sendRosterMessage')?.params).toMatchObject([
    {
      name: 'msg',
      kind: 'fields',
      fields: [
        { name: 'uid', kind: 'id', type: 'Id', optional: false, doc: 'The receiver.' },
        { name: 'content', kind: 'text', optional: true },
        { name: 'type', kind: 'choice', choices: expect.arrayContaining(['text', 'image']) },
        { name: 'ext', kind: 'textOrJson' },
        { name: 'attachment', kind: 'textOrJson' },
        { name: 'config', kind: 'textOrJson' },
      ],
    },
  ]);
  const fields = method('groupManage.asyncCreate')?.params[0]?.fields ?? [];
  expect(fields.find(({ name }) => name === 'user_list')).toMatchObject({
    kind: 'json',
    example: '[10001]',
    doc: 'Who is invited.',
  });
  expect(method('im.login')?.params[0]?.fields?.map(({ name, kind }) => [name, kind])).toEqual([
    ['name', 'text'],
    ['password', 'secret'],
  ]);
  expect(method('groupManage.asyncGetGroupInfo')?.params.map(({ kind, optional }) => [kind, optional])).toEqual([
    ['number', false],
    ['boolean', true],
  ]);
  expect(method('im.on')?.params.map(({ kind }) => kind)).toEqual(['choice', 'listener']);
});

test('what a method gives and an event carries is told with its fields', () => {
  const returns = method('groupManage.asyncGetGroupMembers')?.returns;
  expect(returns?.type).toBe('Promise<GroupMember[]>');
  expect(returns?.fields.map(({ name }) => name)).toContain('user_id');
  const payload = events.find(({ name }) => name === 'onRosterMessage')?.payload;
  expect(payload?.type).toBe('Meta');
  expect(payload?.fields.find(({ name }) => name === 'content')).toBeDefined();
  expect(events.find(({ name }) => name === 'recentlistUpdate')?.payload.fields).toEqual([]);
});

test('words flow: they do not break where the source does', () => {
  expect(method('sysManage.sendRosterMessage')?.doc).toContain('sent again until the server took or refused it');
});

test('nothing is left without words but what its neighbours explain', () => {
  const said = methods.filter(({ doc }) => doc !== '').length;
  expect(said / methods.length).toBeGreaterThan(0.75);
});
