/** One message as it is kept, plain data. */
export interface StoredMessage {
  /** The conversation's id: the other user's, or the group's. */
  cid: number;
  /** Sent to a group. */
  group?: true;
  mid: number;
  from: number;
  to: number;
  /** A ContentType of the protocol. */
  ctype: number;
  content: string;
  ext: string;
  config: string;
  attach: string;
  timestamp: number;
  /** What the server said when it came; positions of the conversation may say more. */
  status: number;
  /** The server's time of the last edit that is in it. */
  editedAt?: number;
  /** Of a message to a chatroom that is being sent. */
  priority?: number;
  /** Only on messages that this device sent. */
  clientMid?: number;
}

/** A conversation and this device's place in its log. Lists that may be absent are replaced, never changed. */
export interface StoredConversation {
  id: number;
  /** A ConversationType of the protocol. */
  type: number;
  /** The device has every entry up to here. */
  cursor: number;
  /** The user has read up to here, as the entry `readOp` says. */
  readMid: number;
  readOp: number;
  /** How far the other user has read it, in a group whoever read most. */
  peerReadMid: number;
  peerDeliveredMid: number;
  /** Messages from others after `readMid`, ascending: what a person calls unread. The newest of them. */
  unread: number[];
  /** How many more there are before those. */
  unreadOlder?: number;
  /** Changes since that number was counted that make it uncertain. */
  doubts?: number;
  /** Unread messages that mention the user, ascending. */
  mentions?: readonly number[];
  /** Messages marked unread, with the mid of the entry that says so. */
  marked: Record<number, number>;
  /** The newest message that a list should show. */
  last?: StoredMessage;
  /** Not in the list: deleted, and nothing came since. */
  hidden: boolean;
  /** Messages up to here were deleted with the conversation. */
  deletedUpTo: number;
  /** Ms since the epoch; 0: not pinned. */
  pinnedAt?: number;
  /** When the user last brought it up without writing, in ms since the epoch. */
  touchedAt?: number;
  /** What the user began to write. */
  draft?: string;
  /** Messages whose edits this device cannot put together by itself: it asks the server how they are now. */
  stale?: readonly number[];
}

/** Something on its way to the server. Kept until the server took it, or refused it and the user was told. */
export interface StoredSend {
  clientMid: number;
  /** The conversation whose order it keeps. */
  cid: number;
  /** The encoded Meta, as it is sent and sent again. */
  meta: Uint8Array;
  /** For messages: what the conversation shows meanwhile. */
  message?: StoredMessage;
  /** For operations: what to do when the server took it. */
  operation?: {
    type: number;
    cid: number;
    mid: number;
    /** Of a deletion: the message, should the server refuse. */
    removed?: StoredMessage;
  };
  /** The server refused it: why. */
  failed?: string;
}

export type Write =
  | { to: 'messages'; put: StoredMessage }
  | { to: 'messages'; remove: { cid: number; mid: number } }
  | { to: 'messages'; removeUpTo: { cid: number; mid: number } }
  | { to: 'conversations'; put: StoredConversation }
  | { to: 'outbox'; put: StoredSend }
  | { to: 'outbox'; remove: number }
  | { to: 'kv'; key: string; value: unknown };

/** Everything but the messages, which are read as they are needed. */
export interface Snapshot {
  conversations: StoredConversation[];
  outbox: StoredSend[];
  kv: Map<string, unknown>;
}

/** Where one device of one user keeps what it knows. */
export interface Storage {
  /** False where only the newest messages of a conversation stay. */
  readonly isWhole: boolean;
  load(): Promise<Snapshot>;
  /** The newest `count` messages of a conversation with a mid below `before`, ascending. */
  messages(cid: number, before: number, count: number): Promise<StoredMessage[]>;
  /** Stores all of it or nothing; resolves when it is safe. Calls take effect in their order. */
  commit(writes: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}
