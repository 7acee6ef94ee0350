import type { ParamSchema, Params, RequestOf } from '@flooim/protocol';
import { ServerError } from '../error.ts';

/** What a value is instead of what it should be, or the value as its handler gets it. */
type Read = { value: unknown } | { wrong: string };

/**
 * A request's parameters by their schemas. The query and the body count alike and the body wins; decimal strings are
 * numbers, 0 and 1 are booleans; null is absent; parameters that the table does not name are ignored.
 */
export function readParameters<P extends Params>(params: P, query: unknown, body: unknown): RequestOf<P> {
  const given = { ...fields(query), ...(body === undefined ? {} : fields(body)) };
  const result: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(params)) {
    const raw = Object.hasOwn(given, name) ? given[name] : undefined;
    if (raw === undefined || raw === null) {
      if (schema.required) throw invalid(name, 'is required');
      continue;
    }
    const read = readValue(schema, raw);
    if ('wrong' in read) throw invalid(name, read.wrong);
    result[name] = read.value;
  }
  return result as RequestOf<P>;
}

function invalid(name: string, wrong: string): ServerError {
  return new ServerError('invalidParameter', `${name} ${wrong}`);
}

/** The query's parser gives no prototype to what it makes; a body's keys may be anything. */
function fields(source: unknown): Record<string, unknown> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw new ServerError('invalidParameter', 'the body must be a JSON object');
  }
  return source as Record<string, unknown>;
}

function readValue(schema: ParamSchema, raw: unknown): Read {
  switch (schema.type) {
    case 'integer':
      return readInteger(schema, raw);
    case 'boolean':
      return readBoolean(raw);
    case 'string':
      return readString(schema, raw);
    case 'array':
      return readArray(schema, raw);
  }
}

function readInteger({ minimum, maximum }: { minimum: number; maximum: number }, raw: unknown): Read {
  const value = typeof raw === 'string' && /^-?\d{1,16}$/.test(raw) ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isInteger(value)) return { wrong: 'must be a whole number' };
  if (value < minimum || value > maximum) return { wrong: `must be from ${minimum} to ${maximum}` };
  return { value };
}

function readBoolean(raw: unknown): Read {
  if (raw === true || raw === 1 || raw === '1' || raw === 'true') return { value: true };
  if (raw === false || raw === 0 || raw === '0' || raw === 'false') return { value: false };
  return { wrong: 'must be true or false' };
}

function readString(schema: ParamSchema & { type: 'string' }, raw: unknown): Read {
  if (typeof raw !== 'string') return { wrong: 'must be a text' };
  const value = raw.toWellFormed();
  const { minLength = 0, maxLength, pattern } = schema;
  if (value.length < minLength) return { wrong: 'must not be empty' };
  if (value.length > maxLength && [...value].length > maxLength)
    return { wrong: `must have at most ${maxLength} characters` };
  if (value.includes('\0')) return { wrong: 'must not contain a NUL character' };
  if (pattern && !new RegExp(pattern, 'u').test(value)) return { wrong: `must match ${pattern}` };
  return { value };
}

function readArray({ items, maxItems }: ParamSchema & { type: 'array' }, raw: unknown): Read {
  if (!Array.isArray(raw)) return { wrong: 'must be a list' };
  if (raw.length > maxItems) return { wrong: `must have at most ${maxItems} items` };
  const value: unknown[] = [];
  for (const [i, item] of raw.entries()) {
    const read = readInteger(items, item);
    if ('wrong' in read) return { wrong: `item ${i} ${read.wrong}` };
    value.push(read.value);
  }
  return { value };
}
