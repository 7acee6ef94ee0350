import { isDeepStrictEqual } from 'node:util';

/** In words, where something is not as it should be. */
export function differ(where: string, actual: unknown, wanted: unknown): string[] {
  if (isDeepStrictEqual(actual, wanted)) return [];
  return [`${where}: is ${JSON.stringify(actual)}, should be ${JSON.stringify(wanted)}`];
}
