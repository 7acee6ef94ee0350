/**
 * Where the realtime connection is:
 * `idle` before a login and after a logout, `connecting`, `syncing` while it catches up, `online`,
 * `waiting` for the next try at `until` (ms since the epoch), `kicked` when the server or another session of the same
 * device ended it, `failed` when only a new login can help. Only the last two need the user.
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'syncing' | 'online' }
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'kicked' | 'failed'; readonly reason: string };

/** Additive: the connection, for indicators and retry buttons. */
export interface ConnectionView {
  readonly state: ConnectionState;
  /** Tries again at once instead of at `until`. Does nothing unless the state is `waiting`. */
  reconnectNow(): void;
}
