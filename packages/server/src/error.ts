import { type ErrorEntry, type ErrorName, errors } from '@flooim/protocol';

/** The server's one error class: a row of the protocol's error table, and what went wrong in particular. */
export class ServerError extends Error {
  readonly reason: ErrorName;
  readonly entry: ErrorEntry;

  /** `detail` reaches the client: it names the field or the limit, never internals. */
  constructor(reason: ErrorName, detail?: string) {
    const entry = errors[reason];
    super(detail ? `${entry.text}: ${detail}` : entry.text);
    this.name = 'ServerError';
    this.reason = reason;
    this.entry = entry;
  }
}
