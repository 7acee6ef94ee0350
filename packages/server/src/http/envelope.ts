import { type Envelope, okCode } from '@flooim/protocol';
import type { ServerError } from '../error.ts';

/** The data of a list that comes in pages, with what the envelope says of the page. */
export class Listed<T> {
  readonly data: T;
  /** Where the next page starts; absent on the last. */
  readonly cursor: string | undefined;
  readonly version: number;

  constructor(data: T, page: { cursor?: string; version: number }) {
    this.data = data;
    this.cursor = page.cursor;
    this.version = page.version;
  }
}

export function success<T>(result: T | Listed<T>): Envelope<T> {
  if (!(result instanceof Listed)) return { code: okCode, data: result };
  const { data, cursor, version } = result;
  return { code: okCode, data, cursor, version };
}

export function failure(error: ServerError): Envelope<never> {
  return { code: error.entry.code, message: error.message };
}
