/** What a `FlooError` can mean. The set may grow; a code never changes its meaning. */
export type FlooErrorCode =
  /** An argument is missing or of the wrong kind; `field` names it. */
  | 'INVALID_PARAMETER'
  /** A field of `flooim(config)` is missing or wrong; `field` names it. */
  | 'INVALID_CONFIG'
  /** The call needs a signed-in user. */
  | 'NOT_LOGGED_IN'
  /** The name, password or app id is wrong. */
  | 'LOGIN_REJECTED'
  /** The token has expired or was revoked. */
  | 'TOKEN_INVALID'
  | 'USER_FROZEN'
  | 'USER_BANNED'
  | 'APP_FROZEN'
  | 'LICENSE'
  | 'TOO_MANY_DEVICES'
  /** Asked too often; `retryAfterMs` says when there is room again, where the server knows. */
  | 'RATE_LIMITED'
  /** The server refused the request; `serverCode` or `status` says more. */
  | 'REJECTED'
  /** The server could not be reached, or answered something unreadable. */
  | 'NETWORK'
  | 'DNS_FAILED'
  | 'TIMEOUT'
  /** Superseded by `logout()`, another login or `dispose()`, or ended by the `signal` of the call. */
  | 'CANCELED'
  /** The instance was disposed. */
  | 'DISPOSED'
  /** The runtime lacks something, such as a WebSocket; `field` names it. */
  | 'UNSUPPORTED';

export interface FlooErrorDetails {
  field?: string;
  serverCode?: number;
  status?: number;
  retryAfterMs?: number;
  cause?: unknown;
}

/** The only error class that the SDK throws or rejects with. Decide by `code`; `message` is for people. */
export class FlooError extends Error {
  readonly code: FlooErrorCode;
  /** The argument or config field at fault, e.g. `msg.uid`. */
  readonly field: string | undefined;
  /** `code` of the REST envelope, when the server refused a REST call. */
  readonly serverCode: number | undefined;
  /** Realtime status code, when the server refused a frame. */
  readonly status: number | undefined;
  /** For so long the same call is refused again. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FlooErrorCode, message: string, details: FlooErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FlooError';
    this.code = code;
    this.field = details.field;
    this.serverCode = details.serverCode;
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}
