import {
  type Endpoint,
  type ParamSchema,
  type Params,
  profileTexts,
  type ServerEndpointName,
  serverRest,
  streams,
} from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type People, sampleOf, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

interface Bad {
  name: ServerEndpointName;
  /** As the complaint names it. */
  field: string;
  wrong: string;
  /** What the endpoint is asked with. */
  given: Record<string, unknown>;
  value: unknown;
}

/** Every way in which a parameter of this schema can be wrong. */
function badValues(schema: ParamSchema): [wrong: string, value: unknown][] {
  const missing: [string, unknown][] = schema.required
    ? [
        ['missing', undefined],
        ['null', null],
      ]
    : [];
  switch (schema.type) {
    case 'string':
      return [
        ...missing,
        ...(schema.minLength ? [['empty', ''] as [string, unknown]] : []),
        ['too long', 'x'.repeat(schema.maxLength + 1)],
        ['a number', 5],
        ['a list', ['x']],
        ['an object', { a: 1 }],
        ['with a NUL', 'a\0b'],
      ];
    case 'integer':
      return [
        ...missing,
        ['too small', schema.minimum - 1],
        ['too large', schema.maximum + 1],
        ['a text', 'x'],
        ['an empty text', ''],
        ['a fraction', 1.5],
        ['a boolean', true],
        ['a list', [1]],
        ['hexadecimal', '0x10'],
        ['endless', '9'.repeat(400)],
      ];
    case 'boolean':
      return [...missing, ['a text', 'maybe'], ['a number', 2], ['a list', []], ['an object', {}]];
    case 'array':
      return [
        ...missing,
        ['a number', 5],
        ['a text', 'x'],
        ['an object', {}],
        ['too long', Array(schema.maxItems + 1).fill(1)],
        ...(schema.minItems ? [['empty', []] as [string, unknown]] : []),
        ['of texts', ['x']],
        ['of numbers too small', [schema.items.minimum - 1]],
        ['of lists', [[1]]],
        ['with null in it', [null]],
      ];
    case 'texts':
      return [
        ...missing,
        ['a number', 5],
        ['a text', 'x'],
        ['an object', {}],
        ['too long', Array(schema.maxItems + 1).fill('x')],
        ['of texts too long', ['x'.repeat(schema.items.maxLength + 1)]],
        ['of empty texts', ['']],
        ['of numbers', [5]],
        ['of lists', [['x']]],
        ['with null in it', [null]],
      ];
    case 'list':
      return [
        ...missing,
        ['a number', 5],
        ['a text', 'x'],
        ['an object', {}],
        ['too long', Array(schema.maxItems + 1).fill({})],
        ['of texts', ['x']],
        ['of lists', [[1]]],
        ['with null in it', [null]],
      ];
  }
}

/** These say who calls, which is asked before anything else. */
const credentials = ['store_token', 'signed'];

const endpoints = Object.entries(serverRest) as [ServerEndpointName, Endpoint][];
const cases = endpoints.flatMap(([name, { params, access }]): Bad[] => {
  // There the body is the one parameter, whatever it says.
  if (access === 'upload' || name in profileTexts) return [];
  return Object.entries(params).flatMap(([field, schema]) => {
    const isRefused = !credentials.includes(field) && !(schema.type === 'integer' && schema.lenient);
    if (!isRefused) return [];
    const ofField = badValues(schema).map(([wrong, value]) => {
      return { name, field, wrong, value, given: { ...sampleOf(params), [field]: value } };
    });
    return schema.type === 'list' ? [...ofField, ...badItems(name, field, schema.items)] : ofField;
  });
});

/** Every way in which the second item of a list can be wrong. */
function badItems(name: ServerEndpointName, list: string, items: Params): Bad[] {
  return Object.entries(items).flatMap(([field, schema]) =>
    badValues(schema).map(([wrong, value]) => {
      const given = { [list]: [sampleOf(items), { ...sampleOf(items), [field]: value }] };
      return { name, field: `${list}[1].${field}`, wrong, value, given };
    }),
  );
}

describe('every parameter of every endpoint', () => {
  it.each(cases)('$name names $field when it is $wrong', async ({ name, field, value, given }) => {
    const { params, methods }: Endpoint = serverRest[name];
    const method = methods.find((verb) => verb !== 'GET' && verb !== 'HEAD');
    // A GET has no body: there everything is a text, so only what a text can say is asked.
    if (!method && typeof value === 'object') return;
    const query = !method || undefined;
    if (query && typeof value === 'number' && params[field]?.type === 'string') return;
    const answer = await ask(people.url, name, query ? withoutAbsent(given) : given, {
      token: people.server.context.secrets.operatorToken,
      headers: { user_id: String(people.alice.uid) },
      place: query ? 'query' : 'body',
      method,
    });
    expect([answer.status, answer.code], answer.text).toEqual([name in streams ? 400 : 200, 10002]);
    expect(answer.message).toContain(field);
    expect(answer.text).not.toContain('null');
  });

  it('is found in the query and in the body, and the body wins', async () => {
    const { alice, url } = people;
    const headers = { app_id: 'flooim', 'access-token': alice.token, 'content-type': 'application/json' };
    const set = (query: string, body: string) =>
      fetch(`${url}/user/nickname?${query}`, { method: 'POST', headers, body });
    const nickName = async () => (await people.ok(alice, 'userProfile')).nick_name;
    await set('nick_name=query', '{}');
    expect(await nickName()).toBe('query');
    await set('', '{"nick_name":"body"}');
    expect(await nickName()).toBe('body');
    await set('nick_name=query', '{"nick_name":"both"}');
    expect(await nickName()).toBe('both');
  });

  it('may be a decimal text for a number, and 0 or 1 for a boolean', async () => {
    const { alice } = people;
    await people.ok(alice, 'userSettingsUpdate', {
      auth_mode: '1',
      group_confirm: 1,
      no_push: 'true',
      user_id: String(alice.uid),
    });
    expect(await people.ok(alice, 'userSettings')).toMatchObject({ auth_mode: 1, group_confirm: true, no_push: true });
    await people.ok(alice, 'userSettingsUpdate', { group_confirm: '0', no_push: false });
    expect(await people.ok(alice, 'userSettings')).toMatchObject({
      auth_mode: 1,
      group_confirm: false,
      no_push: false,
    });
  });

  it('is ignored when nobody knows it, also when it looks like a prototype', async () => {
    const body = '{"nick_name":"plain","unknown":{"a":[1]},"__proto__":{"nick_name":"evil"},"constructor":1}';
    const { alice, url } = people;
    const headers = { app_id: 'flooim', 'access-token': alice.token, 'content-type': 'application/json' };
    const response = await fetch(`${url}/user/profile?=&toString=1`, { method: 'PUT', headers, body });
    expect(await response.json()).toEqual({ code: 200, data: true });
    expect((await people.ok(alice, 'userProfile')).nick_name).toBe('plain');
  });

  it('counts as absent when it is null and not required', async () => {
    await people.ok(people.alice, 'userProfileUpdate', { nick_name: null, description: 'kept' });
    expect(await people.ok(people.alice, 'userProfile')).toMatchObject({ nick_name: 'plain', description: 'kept' });
  });
});

function withoutAbsent(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
}
