import type { ParamSchema, Params, RequestOf } from '@flooim/protocol';
import { ServerError } from '../error.ts';

/**
 * A request's parameters by their schemas. The query and the body count alike and the body wins; a body that is a bare list is
 * the one list that the endpoint takes; decimal strings are numbers, 0 and 1 are booleans; null is absent, and so is what the
 * table is lenient about and cannot be read; parameters that the table does not name are ignored.
 */
export function readParameters<P extends Params>(params: P, query: unknown, body: unknown): RequestOf<P> {
  const given = { ...fields(query, 'the query'), ...(body === undefined ? {} : bodyFields(params, body)) };
  return readFields(params, given, '') as RequestOf<P>;
}

function bodyFields(params: Params, body: unknown): Record<string, unknown> {
  const lists = Object.keys(params).filter((name) => isList(params[name]));
  const [only] = lists;
  return Array.isArray(body) && only && lists.length === 1 ? { [only]: body } : fields(body, 'the body');
}

function isList(schema: ParamSchema | undefined): boolean {
  return schema?.type === 'array' || schema?.type === 'texts' || schema?.type === 'list';
}

/** The query's parser gives no prototype to what it makes; a body's keys may be anything. */
function fields(source: unknown, name: string): Record<string, unknown> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw invalid(name, 'must be a JSON object');
  }
  return source as Record<string, unknown>;
}

/** `path` is what stands before the names in a complaint. */
function readFields(params: Params, given: Record<string, unknown>, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(params)) {
    const raw = Object.hasOwn(given, name) ? given[name] : undefined;
    if (raw === undefined || raw === null) {
      if (schema.required) throw invalid(path + name, 'is required');
      continue;
    }
    const value = readValue(schema, raw, path + name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function invalid(name: string, wrong: string): ServerError {
  return new ServerError('invalidParameter', `${name} ${wrong}`);
}

function readValue(schema: ParamSchema, raw: unknown, name: string): unknown {
  switch (schema.type) {
    case 'integer':
      return readInteger(schema, raw, name);
    case 'boolean':
      return readBoolean(raw, name);
    case 'string':
      return readString(schema, raw, name);
    case 'array':
      return readItems(schema, raw, name, (item, itemName) => readInteger(schema.items, item, itemName));
    case 'texts':
      return readItems(schema, raw, name, (item, itemName) => readString(schema.items, item, itemName));
    case 'list':
      return readItems(schema, raw, name, (item, itemName) => {
        return readFields(schema.items, fields(item, itemName), `${itemName}.`);
      });
  }
}

type Integers = Extract<ParamSchema, { type: 'integer' }>;

/** Undefined only for what a lenient schema takes for absent. */
function readInteger({ minimum, maximum, lenient }: Integers, raw: unknown, name: string): number | undefined {
  const value = typeof raw === 'string' && /^-?\d{1,16}$/.test(raw) ? Number(raw) : raw;
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  if (isWhole && value >= minimum && value <= maximum) return value;
  if (lenient) return undefined;
  throw invalid(name, isWhole ? `must be from ${minimum} to ${maximum}` : 'must be a whole number');
}

function readBoolean(raw: unknown, name: string): boolean {
  if (raw === true || raw === 1 || raw === '1' || raw === 'true') return true;
  if (raw === false || raw === 0 || raw === '0' || raw === 'false') return false;
  throw invalid(name, 'must be true or false');
}

function readString(schema: ParamSchema & { type: 'string' }, raw: unknown, name: string): string {
  if (typeof raw !== 'string') throw invalid(name, 'must be a text');
  const value = raw.toWellFormed();
  const { minLength = 0, maxLength, pattern } = schema;
  if (value.length < minLength) throw invalid(name, 'must not be empty');
  if (value.length > maxLength && [...value].length > maxLength) {
    throw invalid(name, `must have at most ${maxLength} characters`);
  }
  if (value.includes('\0')) throw invalid(name, 'must not contain a NUL character');
  if (pattern && !new RegExp(pattern, 'u').test(value)) throw invalid(name, `must match ${pattern}`);
  return value;
}

function readItems<T>(
  { minItems = 0, maxItems }: { minItems?: number; maxItems: number },
  raw: unknown,
  name: string,
  read: (item: unknown, name: string) => T,
): T[] {
  if (!Array.isArray(raw)) throw invalid(name, 'must be a list');
  if (raw.length < minItems) throw invalid(name, 'must not be empty');
  if (raw.length > maxItems) throw invalid(name, `must have at most ${maxItems} items`);
  return raw.map((item, i) => read(item, `${name}[${i}]`));
}
