import { limits, maxId } from '../limits.ts';
import type { ParamSchema } from './endpoint.ts';

/** The kinds of parameters that endpoints share. */

export const id = { type: 'integer', minimum: 1, maximum: maxId } as const;
/** A message's mid where 0 means the newest, or none. */
export const position = { type: 'integer', minimum: 0, maximum: maxId } as const;
export const hour = { type: 'integer', minimum: 0, maximum: 23 } as const;
export const count = { type: 'integer', minimum: 0, maximum: limits.rosterSize } as const;
export const flag = { type: 'boolean' } as const;
export const ids = { type: 'array', items: id, maxItems: limits.rosterSize } as const;
export const whole = <const A extends number, const B extends number>(minimum: A, maximum: B) =>
  ({ type: 'integer', minimum, maximum }) as const;
export const text = <const N extends number>(maxLength: N) => ({ type: 'string', maxLength }) as const;
export const filled = <const N extends number>(maxLength: N) => ({ type: 'string', minLength: 1, maxLength }) as const;
export const must = <S extends ParamSchema>(schema: S) => ({ ...schema, required: true }) as S & { required: true };
export const lenient = <S extends { readonly type: 'integer' }>(schema: S) =>
  ({ ...schema, lenient: true }) as S & { lenient: true };

export const username = must(filled(limits.usernameChars));
export const password = must(filled(limits.passwordMaxChars));
export const deviceGuid = text(limits.deviceGuidChars);
export const peer = { user_id: must(id) };
export const page = { cursor: text(64), limit: count, version: position };
