import type { Random } from '../random.ts';
import type { Field, Operation } from './rest-document.ts';
import { type KnownIds, validValues, wrongValues } from './rest-values.ts';

/** One request, without who sends it. */
export interface Call {
  operation: Operation;
  /** What is wrong with it; `valid` where nothing is. */
  rule: string;
  /** What its refusal has to name; undefined where it need not be refused. */
  names: string | undefined;
  query: readonly (readonly [string, string])[];
  body: string | FormData | undefined;
  contentType: string | undefined;
}

type Change = (call: Call, values: Record<string, unknown>) => Call;

const unknownId = 2 ** 52;
const hugeBytes = 300 * 1024;

/** A call that the document allows, or that breaks exactly one rule. */
export function makeCall(random: Random, operation: Operation, ids: KnownIds): Call {
  const values = validValues(random, operation.fields, ids);
  const valid = callWith(operation, values);
  if (random.chance(0.4)) return valid;
  const changes = changesOf(random, operation);
  return changes.length > 0 ? random.pick(changes)(valid, values) : valid;
}

function changesOf(random: Random, { fields, place, contentType }: Operation): Change[] {
  const isJson = contentType === 'application/json';
  const field = fields.length > 0 ? random.pick(fields) : undefined;
  return [
    ...(field ? fieldChanges(random, field, place) : []),
    ...(isJson ? bodyChanges : []),
    ...(contentType === 'text/plain' ? [withBody('huge body', 'x'.repeat(hugeBytes), 'too large')] : []),
  ];
}

function fieldChanges(random: Random, field: Field, place: 'query' | 'body'): Change[] {
  const { name, schema, isCredential } = field;
  const wrong = wrongValues(field, place);
  const isId = schema.type === 'integer' && (schema.maximum ?? 0) > unknownId;
  const isSingle = place === 'query' && !isCredential && !schema['x-lenient'];
  return [
    // Thrice: these are the rules that the document itself tells.
    ...[0, 1, 2].flatMap((): Change[] => {
      if (wrong.length === 0) return [];
      const { rule, value } = random.pick(wrong);
      return [
        ({ operation }, values) => ({
          ...callWith(operation, { ...values, [name]: value }),
          rule: `${name} ${rule}`,
          names: name,
        }),
      ];
    }),
    ...(isId ? [unknown(name, unknownId + random.between(0, 1e9))] : []),
    ...(isSingle ? [twice(name)] : []),
  ];
}

const unknown =
  (name: string, id: number): Change =>
  ({ operation }, values) => {
    return { ...callWith(operation, { ...values, [name]: id }), rule: `${name} unknown` };
  };

const twice =
  (name: string): Change =>
  (call) => {
    const query = [...call.query.filter(([key]) => key !== name), [name, '1'], [name, '1']] as const;
    return { ...call, query, rule: `${name} twice`, names: name };
  };

const withBody =
  (rule: string, body: string, names: string, contentType?: string): Change =>
  (call) => {
    return { ...call, rule, body, names, contentType: contentType ?? call.contentType };
  };

const bodyChanges: readonly Change[] = [
  withBody('bad JSON', '{"a":', 'JSON'),
  withBody('JSON with a tail', '{}}', 'JSON'),
  withBody('no object', '"text"', 'body'),
  withBody('bad content type', '<a/>', 'application/json', 'text/xml'),
  withBody('huge body', `{"a":"${'x'.repeat(hugeBytes)}"}`, 'too large'),
  withBody('deep body', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 'nested'),
  (call, values) => {
    const odd = '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"toString":1,"hasOwnProperty":1';
    const body = JSON.stringify(values);
    return { ...call, rule: 'prototype keys', body: body === '{}' ? `{${odd}}` : `${body.slice(0, -1)},${odd}}` };
  },
  (call, values) => {
    const twice = Object.entries(values).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    return { ...call, rule: 'keys twice', body: `{${[...twice, ...twice].join(',')}}` };
  },
];

function callWith(operation: Operation, values: Record<string, unknown>): Call {
  const { place, contentType } = operation;
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const query = place === 'query' ? given.map(([key, value]) => [key, String(value)] as const) : [];
  return { operation, rule: 'valid', names: undefined, query, ...bodyOf(contentType, values), contentType };
}

function bodyOf(contentType: string | undefined, values: Record<string, unknown>): Pick<Call, 'body'> {
  if (contentType === 'application/json') return { body: JSON.stringify(values) };
  if (contentType === 'text/plain') return { body: 'some \u{1f600} text' };
  if (contentType !== 'multipart/form-data') return { body: contentType && 'bytes' };
  const form = new FormData();
  form.append('file', new Blob(['bytes']), 'a.txt');
  return { body: form };
}
