export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface IntegerSchema {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly required?: true;
  /** What is no such number counts as absent. */
  readonly lenient?: true;
}

interface StringSchema {
  readonly type: 'string';
  readonly minLength?: number;
  readonly maxLength: number;
  readonly pattern?: string;
  readonly required?: true;
}

/** One parameter, as a JSON schema fragment. Strings are refused when longer than `maxLength` characters. */
export type ParamSchema =
  | IntegerSchema
  | StringSchema
  | { readonly type: 'boolean'; readonly required?: true }
  | {
      readonly type: 'array';
      readonly items: IntegerSchema;
      readonly minItems?: number;
      readonly maxItems: number;
      readonly required?: true;
    }
  /** A list of strings. */
  | { readonly type: 'texts'; readonly items: StringSchema; readonly maxItems: number; readonly required?: true }
  /** A list of objects. */
  | { readonly type: 'list'; readonly items: Params; readonly maxItems: number; readonly required?: true };

export type Params = { readonly [name: string]: ParamSchema };

type ValueOf<S extends ParamSchema> = S extends { type: 'integer' }
  ? number
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'array' }
      ? number[]
      : S extends { type: 'texts' }
        ? string[]
        : S extends { type: 'list'; items: infer I extends Params }
          ? RequestOf<I>[]
          : string;

/** A request's parameters as its handler gets them: checked, coerced, the optional ones perhaps absent. */
export type RequestOf<P extends Params> = {
  [K in keyof P as P[K] extends { required: true } ? K : never]: ValueOf<P[K]>;
} & {
  [K in keyof P as P[K] extends { required: true } ? never : K]?: ValueOf<P[K]>;
};

/**
 * Who may call:
 * - `public`: anyone.
 * - `user`: the bearer of a user's token; or of the app's admin token, who names the user in the header `user_id`, or in
 *   `group_id` a group, and then acts as its owner.
 * - `sender`: as `user`; an admin token may also act as the app itself, uid 0.
 * - `admin`: the bearer of the app's admin token, or the operator.
 * - `operator`: whoever runs the server.
 * - `download`: as `user`; or the bearer of a user's `store_token`, or of a signed link to this one file. The answer is the
 *   file's bytes, a refusal has an HTTP status of its own.
 * - `upload`: whoever has the address of an upload, for whom it was made and as long as the token lives with which he asked.
 */
export type Access = 'public' | 'user' | 'sender' | 'admin' | 'operator' | 'download' | 'upload';

export interface Endpoint<P extends Params = Params, R = unknown> {
  /** The first is the one our SDK uses; the others are aliases for deployed clients. */
  readonly methods: readonly Method[];
  readonly path: string;
  /** Where our SDK puts the parameters. The server accepts both places everywhere; the body wins. */
  readonly in: 'query' | 'body';
  readonly access: Access;
  readonly params: P;
  /** Only a type: what `data` of the envelope holds. */
  readonly response?: R;
}

export type ResponseOf<E> = E extends Endpoint<Params, infer R> ? R : never;

/** One row of the table; `R` is what `data` of the answer's envelope holds. */
export function endpoint<R>() {
  return <const P extends Params>(
    methods: readonly Method[],
    path: string,
    place: 'query' | 'body',
    access: Access,
    params: P,
  ): Endpoint<P, R> => ({ methods, path, in: place, access, params });
}

export const GET = ['GET'] as const;
export const POST = ['POST'] as const;
export const UPDATE = ['POST', 'PUT'] as const;
export const REMOVE = ['POST', 'DELETE'] as const;
