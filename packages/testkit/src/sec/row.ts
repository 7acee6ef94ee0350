import type { ServerEndpointName } from '@flooim/protocol';
import type { Stage } from './stage.ts';

type Made<T> = T | Promise<T>;

/** An endpoint, called in one way. */
export interface Row {
  name: ServerEndpointName;
  /** What it is called for, where the table has several lines for it. */
  about?: string;
  /** Makes what the call needs, and its parameters. */
  params?: (stage: Stage) => Made<object>;
  headers?: (stage: Stage) => Made<Record<string, string>>;
  /** The body of a call that is not JSON. */
  body?: () => FormData | Uint8Array<ArrayBuffer>;
}

export function row(name: ServerEndpointName, params?: Row['params'], more: Partial<Row> = {}): Row {
  return { name, params, ...more };
}
