import { OperationType } from './messages.ts';

/** What an edit can change of a message. */
export interface Editable {
  content: string;
  /** JSON text, or any other. */
  config: string;
  /** JSON text, or any other. */
  ext: string;
}

/**
 * The message after an APPEND or REPLACE: the one rule that the server and every device follow, so that all of them come to
 * the same text. Empty `content` leaves the content. `config` and `ext`: an empty text and the text `null`, which deployed
 * clients send for none, change nothing; of two JSON objects the added one goes over the held one, deeply; else it replaces.
 */
export function applyEdit(held: Editable, type: OperationType, edit: Editable): Editable {
  const content = type === OperationType.APPEND ? held.content + edit.content : edit.content || held.content;
  return { content, config: mergeText(held.config, edit.config), ext: mergeText(held.ext, edit.ext) };
}

function mergeText(held: string, added: string): string {
  if (added === '' || added === 'null') return held;
  const [below, above] = [readObject(held), readObject(added)];
  return below && above ? JSON.stringify(merge(below, above)) : added;
}

function merge(below: object, above: object): object {
  const merged = new Map<string, unknown>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const held = merged.get(key);
    merged.set(key, isObject(held) && isObject(value) ? merge(held, value) : value);
  }
  // Makes own properties of every name, also of `__proto__`.
  return Object.fromEntries(merged);
}

function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
