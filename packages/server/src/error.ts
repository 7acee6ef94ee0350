import { type ErrorEntry, type ErrorName, errors } from '@flooim/protocol';

/** What is too much now is worked off by then, or most of it. */
const busyMs = 2000;

/** The server's one error class: a row of the protocol's error table, and what went wrong in particular. */
export class ServerError extends Error {
  readonly reason: ErrorName;
  readonly entry: ErrorEntry;
  /** When asking again may help; undefined where that is not known. */
  readonly retryAfterMs: number | undefined;

  /** `detail` reaches the client: it names the field or the limit, never internals. */
  constructor(reason: ErrorName, detail?: string, retryAfterMs = reason === 'busy' ? busyMs : undefined) {
    const entry = errors[reason];
    super(detail ? `${entry.text}: ${detail}` : entry.text);
    this.name = 'ServerError';
    this.reason = reason;
    this.entry = entry;
    this.retryAfterMs = retryAfterMs;
  }
}
