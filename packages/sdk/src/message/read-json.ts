import type { StringOrObject } from '../types.ts';

/** The object that a text holds as JSON; any other text as it is. */
export function readJson(text: string): StringOrObject {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return text;
  }
}
