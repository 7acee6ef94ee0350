import type { Field } from './reference.ts';

/** What was typed for a field and its fields, as text; a file as itself. */
export interface Given {
  text: string;
  file?: File;
  fields?: Record<string, Given>;
}

/** Why what was typed cannot be given. */
export interface Wrong {
  reason: 'missing' | 'wrongNumber' | 'wrongJson';
  /** The path of the field, such as `params.value`. */
  name: string;
  /** The words of the JSON parser. */
  why: string;
}

export class WrongField extends Error {
  readonly wrong: Wrong;

  constructor(wrong: Wrong) {
    super(wrong.name);
    this.wrong = wrong;
  }
}

/** Empty but for what must be JSON: that begins as an example of the right shape. */
export function emptyGiven(field: Field): Given {
  const fields = field.fields && Object.fromEntries(field.fields.map((inner) => [inner.name, emptyGiven(inner)]));
  return { text: field.kind === 'json' && !field.optional ? (field.example ?? '') : '', fields };
}

/** The arguments of a call; throws a `WrongField`. What is left out at the end is left out altogether. */
export function readArguments(params: readonly Field[], given: readonly Given[], listener: () => void): unknown[] {
  const values = params.map((param, i) => readValue(param, given[i] as Given, param.name, listener));
  return values.slice(0, values.findLastIndex((value) => value !== undefined) + 1);
}

function readValue(field: Field, given: Given, path: string, listener: () => void): unknown {
  if (field.kind === 'listener') return field.optional ? undefined : listener;
  if (field.kind === 'none') return undefined;
  if (field.kind === 'fields') return readFields(field, given, path, listener);
  const text = field.kind === 'text' || field.kind === 'secret' ? given.text : given.text.trim();
  if (field.kind === 'file') return given.file ?? missing(field, path);
  return text === '' ? missing(field, path) : readText(field, text, path);
}

function readFields(field: Field, given: Given, path: string, listener: () => void): object | undefined {
  const values = (field.fields ?? []).map((inner): [string, unknown] => {
    const innerGiven = given.fields?.[inner.name] ?? { text: '' };
    return [inner.name, readValue(inner, innerGiven, `${path}.${inner.name}`, listener)];
  });
  const said = values.filter(([, value]) => value !== undefined);
  return said.length === 0 && field.optional ? undefined : Object.fromEntries(said);
}

/** An empty text may be just what is wanted, such as no alias. */
function missing(field: Field, path: string): unknown {
  if (field.optional) return undefined;
  if (field.kind === 'text') return '';
  throw new WrongField({ reason: 'missing', name: path, why: '' });
}

function readText({ kind }: Field, text: string, name: string): unknown {
  if (kind === 'boolean') return text === 'true';
  if (kind === 'number') {
    const value = Number(text);
    if (Number.isNaN(value)) throw new WrongField({ reason: 'wrongNumber', name, why: '' });
    return value;
  }
  if (kind === 'id') return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  if (kind === 'textOrJson') return text.startsWith('{') ? readJson(text, name) : text;
  return kind === 'json' ? readJson(text, name) : text;
}

function readJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WrongField({ reason: 'wrongJson', name, why: (error as Error).message });
  }
}
