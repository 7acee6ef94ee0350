import { type Envelope, okCode } from '@flooim/protocol';
import type { ServerError } from '../error.ts';

/** The data of a list that comes in pages, with what the envelope says of the page. */
export class Listed<T> {
  readonly data: T;
  /** Where the next page starts; absent on the last. */
  readonly cursor: string | undefined;
  readonly version: number;
  /** How many there are on all pages, where that is known. */
  readonly total: number | undefined;

  constructor(data: T, page: { cursor?: string; version: number; total?: number }) {
    this.data = data;
    this.cursor = page.cursor;
    this.version = page.version;
    this.total = page.total;
  }
}

/** Messages that were sent. */
export class Sent {
  /** Its mid, if it had one target and is stored; clients expect none otherwise. */
  readonly mids: readonly number[];

  constructor(mids: readonly number[]) {
    this.mids = mids;
  }
}

export function success<T>(result: T | Listed<T> | Sent): Envelope<T | true> {
  if (result instanceof Sent)
    return { code: okCode, data: true, ...(result.mids.length > 0 && { msg_ids: [...result.mids] }) };
  if (!(result instanceof Listed)) return { code: okCode, data: result };
  const { data, cursor, version, total } = result;
  return { code: okCode, data, cursor, version, total };
}

export function failure(error: ServerError): Envelope<never> {
  const { entry, message, retryAfterMs } = error;
  return { code: entry.code, message, ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }) };
}
