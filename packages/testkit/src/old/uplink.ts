import {
  Command,
  ContentType,
  type ConversationOperationType,
  MessageType,
  Namespace,
  OperationType,
  OsType,
  QoS,
} from '@flooim/protocol';
import { type Field, fieldsOf, joined, messageOf } from './wire-fields.ts';

/** Who speaks. Before the server gave a number, the client makes one up. */
export interface OldIdentity {
  uid: number;
  deviceSN: number;
  guid: string;
}

/** What may be in a message besides its text; what is not given is not on the wire. */
export interface OldContent {
  content?: string;
  ctype?: ContentType;
  config?: string;
  attachment?: string;
  ext?: string;
  priority?: number;
}

export interface OldFrame {
  /** The client mid. */
  id: number;
  bytes: Uint8Array;
}

/** What an APPEND adds, or a REPLACE puts in place; of the latter they write the text `null` for what is not given. */
export type OldEdit = Pick<OldContent, 'content' | 'config' | 'ext'>;

const { READ_ACK, READ_ALL, READ_CANCEL, DELETE, RECALL } = OperationType;

/** Frames as deployed clients write them, byte for byte. */
export class Uplink {
  readonly self: OldIdentity;
  readonly #clock: () => number;
  readonly #random: () => number;

  constructor(self: OldIdentity, { clock = Date.now, random = Math.random } = {}) {
    this.self = self;
    this.#clock = clock;
    this.#random = random;
  }

  provision(token: string): Uint8Array {
    const { uid, deviceSN, guid } = this.self;
    return frame(
      Command.PROVISION,
      messageOf([2, xid(uid, deviceSN)], [6, token], [7, OsType.WEB], [8, '2.0.0'], [10, guid], [13, 'Web']),
    );
  }

  /** The heartbeat too. */
  unread(): Uint8Array {
    return frame(Command.UNREAD);
  }

  /** `from`: the XID of the frame that makes it pull, as bytes: it comes back as it came. */
  pull(from: Uint8Array, key?: number): Uint8Array {
    return frame(Command.SYNC, messageOf([1, echoed(from)], ...optional(2, key)));
  }

  history(conversation: number, key: number, count: number): Uint8Array {
    const zigzag = count * 2;
    return frame(Command.SYNC, messageOf([1, xid(conversation, 0)], [2, key], [4, 1], [5, zigzag]));
  }

  message(to: number, type: MessageType, content: OldContent): OldFrame {
    return this.#meta(this.#clock(), Namespace.MESSAGE, body(type, content), { to: xid(to, 0), isTimed: true });
  }

  /** A message with somebody's name in it, which is a call of its own and has no time. */
  mention(gid: number, content: OldContent): OldFrame {
    return this.#meta(this.#clock(), Namespace.MESSAGE, body(MessageType.GROUPCHAT, content), { to: xid(gid, 0) });
  }

  typing(to: number, status: 'typing' | 'nothing'): OldFrame {
    const ext = JSON.stringify({ input_status: status });
    const payload = joined([body(MessageType.CHAT, { ext }), messageOf([10, QoS.AT_MOST_ONCE])]);
    return this.#meta(this.#clock(), Namespace.MESSAGE, payload, { to: xid(to, 0) });
  }

  /** `to`: who wrote it. */
  readAck(to: number, mid: number): OldFrame {
    const id = this.#clock() + this.#below256();
    return this.#operation(id, xid(to, 0), operation({ type: READ_ACK, mid }));
  }

  /** Marks and deletions go to the own devices, what is recalled to the conversation. */
  operate(
    type: typeof READ_ALL | typeof READ_CANCEL | typeof DELETE | typeof RECALL,
    conversation: number,
    mid: number,
  ): OldFrame {
    const { uid, deviceSN } = this.self;
    const to = type === RECALL ? xid(conversation, 0) : xid(uid, deviceSN);
    return this.#operation(this.#longId(), to, operation({ type, mid, xid: xid(conversation, 0) }));
  }

  edit(
    type: typeof OperationType.APPEND | typeof OperationType.REPLACE,
    conversation: number,
    mid: number,
    edit: OldEdit,
  ): OldFrame {
    const none = type === OperationType.REPLACE ? 'null' : undefined;
    const { content, config = none, ext = none } = edit;
    const payload = body(MessageType.OPER, { content, config, ext }, operation({ type, mid }));
    return this.#meta(this.#longId(), Namespace.MESSAGE, payload, { to: xid(conversation, 0) });
  }

  deleteConversation(type: ConversationOperationType, conversation: number): OldFrame {
    const about = messageOf([1, type], [2, xid(conversation, this.self.deviceSN)]);
    return this.#meta(this.#clock(), Namespace.CONVERSATION, messageOf([1, 1], [2, about]));
  }

  #operation(id: number, to: Uint8Array, about: Uint8Array): OldFrame {
    const payload = body(MessageType.OPER, { ctype: ContentType.COMMAND }, about);
    return this.#meta(id, Namespace.MESSAGE, payload, { to });
  }

  #meta(
    id: number,
    ns: Namespace,
    payload: Uint8Array,
    { to, isTimed = false }: { to?: Uint8Array; isTimed?: boolean } = {},
  ): OldFrame {
    const { uid, deviceSN } = this.self;
    const meta = messageOf(
      [1, id],
      [2, xid(uid, deviceSN)],
      ...optional(3, to),
      ...optional(4, isTimed ? id : undefined),
      [5, ns],
      [6, payload],
    );
    return { id, bytes: frame(Command.SYNC, messageOf([3, meta])) };
  }

  #below256(): number {
    return Math.floor(this.#random() * 256);
  }

  /** The time, and the digits of a random number behind it. */
  #longId(): number {
    return Number(`${this.#clock()}${this.#below256()}`);
  }
}

function frame(command: Command, payload?: Uint8Array): Uint8Array {
  return messageOf([1, 0], [2, 0], [3, command], ...optional(4, payload));
}

function xid(uid: number, deviceSN: number): Uint8Array {
  return messageOf([1, uid], [2, deviceSN]);
}

/** With a device number only where there was one, be it 0. */
function echoed(from: Uint8Array): Uint8Array {
  const fields = fieldsOf(from);
  return messageOf([1, fields.get(1) ?? 0], ...optional(2, fields.get(2)));
}

function operation(of: { type: OperationType; mid: number; xid?: Uint8Array }): Uint8Array {
  return messageOf([1, of.type], [2, of.mid], ...optional(3, of.xid));
}

const noOperation = operation({ type: OperationType.UNKNOWN, mid: 0 });

function body(type: MessageType, content: OldContent, about: Uint8Array = noOperation): Uint8Array {
  return messageOf(
    [1, type],
    [4, content.content ?? ''],
    [5, content.ctype ?? ContentType.TEXT],
    [6, about],
    ...optional(7, content.config),
    ...optional(8, content.attachment),
    ...optional(9, content.ext),
    ...optional(13, content.priority),
  );
}

function optional(number: number, value: Field[1] | undefined): Field[] {
  return value === undefined ? [] : [[number, value]];
}
