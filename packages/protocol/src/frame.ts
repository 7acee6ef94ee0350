import {
  decodeConversation as decodeWireConversation,
  decodeFrame as decodeWireFrame,
  encodeConversation as encodeWireConversation,
  encodeFrame as encodeWireFrame,
  framePayloadTag,
  messageBodyStatusTag,
  syncDLMetasTag,
  type WireFrame,
  writeFrame,
  writeSyncDL,
  writeUnreadDL,
} from './gen/xsync.ts';
import { limits } from './limits.ts';
import {
  Command,
  CompressMethod,
  type Conversation,
  type DeliveryStatus,
  type Frame,
  type SyncDL,
  type UnreadDL,
  type Vsn,
} from './messages.ts';
import { ProtocolError } from './protocol-error.ts';
import { type Init, writer } from './wire.ts';

/**
 * One pair for each message.
 *
 * The decoders throw nothing but `ProtocolError`. Absent fields come out as their default, an absent message as undefined,
 * invalid UTF-8 as replacement characters. A decoded `payload` is a view over the bytes given: it changes when they are
 * reused, and keeps them in memory.
 *
 * The encoders take messages with fields left out, at any depth. They write no zero values but an Xid's `uid`, and throw
 * `RangeError` for a number that the field cannot hold. What they return shares its memory with other results: send or
 * store the bytes, but take a `slice()` before giving them to whatever takes the whole `buffer`, as transfer,
 * `structuredClone` and IndexedDB do.
 */
export {
  decodeGroupNotice,
  decodeMessageBody,
  decodeMeta,
  decodeNotice,
  decodeProvision,
  decodeRosterNotice,
  decodeSyncDL,
  decodeSyncUL,
  decodeUnreadDL,
  decodeUnreadUL,
  decodeUserNotice,
  encodeGroupNotice,
  encodeMessageBody,
  encodeMeta,
  encodeNotice,
  encodeProvision,
  encodeRosterNotice,
  encodeSyncDL,
  encodeSyncUL,
  encodeUnreadDL,
  encodeUnreadUL,
  encodeUserNotice,
} from './gen/xsync.ts';
export type { Init } from './wire.ts';

export interface DecodeFrameOptions {
  /** Largest frame, as it came. Default: 64 KiB. */
  maxBytes?: number;
  /** Largest payload after inflation. Default: 1 MiB. */
  maxInflatedBytes?: number;
  /**
   * Inflates a zlib payload; without it a compressed frame is refused. Must stop at `maxBytes` by throwing a RangeError, as
   * Node's `inflateSync` does with `maxOutputLength`.
   */
  inflate?: (bytes: Uint8Array, maxBytes: number) => Uint8Array;
}

/**
 * Decodes the envelope alone; the payload's message follows from `command`, and may be one that we do not know. An inflated
 * payload is its own memory, any other a view over `bytes`. Throws nothing but `ProtocolError`.
 */
export function decodeFrame(bytes: Uint8Array, options: DecodeFrameOptions = {}): Frame {
  if (bytes.length > (options.maxBytes ?? limits.frameBytes)) throw new ProtocolError('frame_too_large');
  const frame = decodeWireFrame(bytes);
  if (frame.encryptMethod !== 0) throw new ProtocolError('unsupported_encryption');
  const { vsn, command, tag } = frame;
  return { vsn, command, payload: plainPayload(frame, options), tag };
}

function plainPayload(frame: WireFrame, options: DecodeFrameOptions): Uint8Array {
  if (frame.compressMethod === CompressMethod.NONE) return frame.payload;
  if (frame.compressMethod !== CompressMethod.ZLIB || !options.inflate)
    throw new ProtocolError('unsupported_compression');
  const maxBytes = options.maxInflatedBytes ?? limits.inflatedFrameBytes;
  const inflated = inflateWith(options.inflate, frame.payload, maxBytes);
  if (inflated.length > maxBytes) throw new ProtocolError('inflated_too_large');
  return inflated;
}

function inflateWith(
  inflate: NonNullable<DecodeFrameOptions['inflate']>,
  payload: Uint8Array,
  maxBytes: number,
): Uint8Array {
  try {
    return inflate(payload, maxBytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError(error instanceof RangeError ? 'inflated_too_large' : 'malformed');
  }
}

/** An uncompressed frame. The result shares its memory, as every encoder's does. */
export function encodeFrame(frame: { vsn: Vsn; command: Command; payload: Uint8Array; tag?: string }): Uint8Array {
  return encodeWireFrame(frame);
}

/**
 * A whole SYNC frame around metas that `encodeMeta` made: what a log's sessions are sent is encoded once and copied. The
 * same bytes as `encodeFrame` of `encodeSyncDL`.
 */
export function encodeSyncFrame(vsn: Vsn, sync: Omit<Init<SyncDL>, 'metas'>, metas: readonly Uint8Array[]): Uint8Array {
  writeFrame(writer.reset(), { vsn, command: Command.SYNC });
  const payload = writer.open(framePayloadTag);
  writeSyncDL(writer, sync);
  for (const meta of metas) writer.explicitView(syncDLMetasTag, meta);
  writer.close(payload);
  return writer.finish();
}

/** A whole UNREAD frame, which may be long: the same bytes as `encodeFrame` of `encodeUnreadDL`, without a copy. */
export function encodeUnreadFrame(vsn: Vsn, unread: Init<UnreadDL>): Uint8Array {
  writeFrame(writer.reset(), { vsn, command: Command.UNREAD });
  const payload = writer.open(framePayloadTag);
  writeUnreadDL(writer, unread);
  writer.close(payload);
  return writer.finish();
}

/** An encoded MessageBody with another status, without decoding it: of a field that comes twice the last one holds. */
export function withDeliveryStatus(body: Uint8Array, status: DeliveryStatus): Uint8Array {
  const result = new Uint8Array(body.length + 2);
  result.set(body);
  result[body.length] = messageBodyStatusTag;
  result[body.length + 1] = status;
  return result;
}

export function decodeConversation(bytes: Uint8Array): Conversation {
  return { operation: decodeWireConversation(bytes).operation };
}

/** Deployed clients look at the operation only when the type says that there is one. */
export function encodeConversation(conversation: Init<Conversation>): Uint8Array {
  return encodeWireConversation({ ...conversation, type: conversation.operation ? 1 : 0 });
}
