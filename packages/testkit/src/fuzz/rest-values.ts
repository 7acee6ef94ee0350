import type { Random } from '../random.ts';
import { type Field, fieldsOf, type Schema } from './rest-document.ts';

/** Ids that are somebody's. */
export interface KnownIds {
  users: readonly number[];
  groups: readonly number[];
}

const texts = [
  'a text',
  '你好，世界',
  'ＦＵＬＬ ｗｉｄｔｈ',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u202eright to left\u202c',
  '',
  'half \ud800 a pair',
  'e\u0301\u0301\u0301\u0301',
  'İıẞß',
  '\ufeffmark',
  '\u2028line',
  "'; DROP TABLE user; --",
  '%00%0a..%2f',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '{"a":1}',
  'null',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  'x'.repeat(5000),
];
/** Changed by operators' calls; never the app that everybody is in. */
const apps = ['fuzz-app-1', 'fuzz-app-2', 'fuzz_app-3'];

/** What the document says is right for these fields, the optional ones now and then. */
export function validValues(random: Random, fields: readonly Field[], ids: KnownIds): Record<string, unknown> {
  const given = fields.filter((field) => field.isRequired || (!field.isCredential && random.chance(0.4)));
  return Object.fromEntries(given.map(({ name, schema }) => [name, validValue(random, name, schema, ids)]));
}

function validValue(random: Random, name: string, schema: Schema, ids: KnownIds): unknown {
  switch (schema.type) {
    case 'integer':
      return validNumber(random, name, schema, ids);
    case 'boolean':
      return random.pick([true, false]);
    case 'array': {
      const length = random.chance(0.02)
        ? Math.min(schema.maxItems ?? 0, 300)
        : random.between(schema.minItems ?? 0, 4);
      return Array.from({ length }, () => validValue(random, name, schema.items ?? {}, ids));
    }
    case 'object':
      return validValues(random, fieldsOf(schema), ids);
    default:
      return validText(random, name, schema);
  }
}

function validNumber(
  random: Random,
  name: string,
  { minimum = 0, maximum = 2 ** 53 - 1 }: Schema,
  ids: KnownIds,
): number {
  if (random.chance(0.1)) return random.pick([minimum, maximum]);
  if (/group/.test(name)) return random.pick(ids.groups);
  const isId =
    maximum > 2 ** 40 && /user|_id$|^list$|targets|owner|cid/.test(name) && !/file|announcement|msg/.test(name);
  if (isId) return random.pick(random.chance(0.7) ? ids.users : ids.groups);
  return random.between(minimum, Math.min(maximum, minimum + 300));
}

function validText(random: Random, name: string, { minLength = 0, maxLength = 100 }: Schema): string {
  if (name === 'app_id') return random.pick(apps);
  if (name === 'username' || name === 'name') return `somebody_${random.between(0, 1_000_000)}`.slice(0, maxLength);
  const text = [...random.pick(texts)].slice(0, maxLength).join('');
  return text.length >= minLength ? text : 'x';
}

/** What is wrong with one field. */
export interface Wrong {
  rule: string;
  value: unknown;
}

/** Every way in which the field can be wrong in that place; in the query everything is a text. */
export function wrongValues({ schema, isRequired, isCredential }: Field, place: 'query' | 'body'): Wrong[] {
  if (isCredential || schema['x-lenient']) return [];
  const isBody = place === 'body';
  const missing = isRequired
    ? [{ rule: 'missing', value: undefined }, ...(isBody ? [{ rule: 'null', value: null }] : [])]
    : [];
  return [...missing, ...wrongOfType(schema, isBody)];
}

function wrongOfType(
  { type, minimum, maximum, minLength = 0, maxLength = 0, minItems = 0, maxItems = 0 }: Schema,
  isBody: boolean,
): Wrong[] {
  const object = isBody ? [{ rule: 'an object', value: { a: 1 } }] : [];
  switch (type) {
    case 'integer':
      return [
        { rule: 'a text', value: 'x' },
        { rule: 'a fraction', value: isBody ? 1.5 : '1.5' },
        { rule: 'too small', value: (minimum ?? 0) - 1 },
        { rule: 'too large', value: (maximum ?? 0) + 1 },
        { rule: 'endless', value: '9'.repeat(400) },
        ...object,
      ];
    case 'boolean':
      return [{ rule: 'a text', value: 'maybe' }, { rule: 'a number', value: 2 }, ...object];
    case 'array':
      return isBody
        ? [
            { rule: 'a text', value: 'x' },
            { rule: 'too long', value: Array(maxItems + 1).fill(1) },
            ...(minItems > 0 ? [{ rule: 'empty', value: [] }] : []),
            { rule: 'of objects in lists', value: [[{}]] },
            ...object,
          ]
        : [{ rule: 'a text', value: 'x' }];
    default:
      return [
        { rule: 'too long', value: 'x'.repeat(maxLength + 1) },
        { rule: 'with a NUL', value: 'a\0b' },
        ...(minLength > 0 ? [{ rule: 'empty', value: '' }] : []),
        ...(isBody
          ? [
              { rule: 'a number', value: 5 },
              { rule: 'a list', value: ['x'] },
            ]
          : []),
        ...object,
      ];
  }
}
