import { isDeepStrictEqual } from 'node:util';
import { inflateSync } from 'node:zlib';
import {
  Command,
  decodeConversation,
  decodeFrame,
  decodeGroupNotice,
  decodeMessageBody,
  decodeNotice,
  decodeProvision,
  decodeRosterNotice,
  decodeSyncDL,
  decodeSyncUL,
  decodeUnreadDL,
  decodeUnreadUL,
  decodeUserNotice,
  encodeConversation,
  encodeFrame,
  encodeGroupNotice,
  encodeMessageBody,
  encodeNotice,
  encodeProvision,
  encodeRosterNotice,
  encodeSyncDL,
  encodeSyncUL,
  encodeUnreadDL,
  encodeUnreadUL,
  encodeUserNotice,
  type Meta,
  Namespace,
  ProtocolError,
} from '@flooim/protocol';
import type { Direction } from '../../../protocol/test/nested.ts';
import { anyFrame, FrameRandom } from './frames.ts';

export interface DecodeResult {
  /** Of the frames, how many could be read to their end. */
  decoded: number;
  /** What went wrong, the first of it in words. */
  bad: number;
  faults: string[];
}

interface Codec {
  decode: (bytes: Uint8Array) => object;
  encode: (message: never) => Uint8Array;
}

/** A frame that takes longer than this, several times, holds up a server. */
const slowMs = 100;
const timesSlow = 4;
const toldFaults = 10;

const codec = <T extends object>(decode: (bytes: Uint8Array) => T, encode: (message: T) => Uint8Array): Codec => {
  return { decode, encode };
};
const [provision, notice] = [codec(decodeProvision, encodeProvision), codec(decodeNotice, encodeNotice)];
const payloads: Partial<Record<number, Record<Direction, Codec>>> = {
  [Command.SYNC]: { uplink: codec(decodeSyncUL, encodeSyncUL), downlink: codec(decodeSyncDL, encodeSyncDL) },
  [Command.PROVISION]: { uplink: provision, downlink: provision },
  [Command.NOTICE]: { uplink: notice, downlink: notice },
  [Command.UNREAD]: { uplink: codec(decodeUnreadUL, encodeUnreadUL), downlink: codec(decodeUnreadDL, encodeUnreadDL) },
};
const messageBody = codec(decodeMessageBody, encodeMessageBody);
const entries: Partial<Record<number, Codec>> = {
  [Namespace.GROUP_NOTICE]: codec(decodeGroupNotice, encodeGroupNotice),
  [Namespace.ROSTER_NOTICE]: codec(decodeRosterNotice, encodeRosterNotice),
  [Namespace.USER_NOTICE]: codec(decodeUserNotice, encodeUserNotice),
  [Namespace.CONVERSATION]: codec(decodeConversation, encodeConversation),
};

/** As the server inflates. */
const inflate = (bytes: Uint8Array, maxOutputLength: number) => new Uint8Array(inflateSync(bytes, { maxOutputLength }));

/** Frame `index` of a run is always the same. */
function frameAt(seed: number, index: number): { bytes: Uint8Array; direction: Direction } {
  const random = new FrameRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const direction = random.chance(0.5) ? 'uplink' : 'downlink';
  return { bytes: anyFrame(random, direction), direction };
}

/** Reads frames as server and SDK do, all that is in them, and looks whether what was read can be written and read again. */
export function decodeFrames(
  seed: number,
  { from, to }: { from: number; to: number },
  decode: typeof decodeFrame = decodeFrame,
): DecodeResult {
  const result: DecodeResult = { decoded: 0, bad: 0, faults: [] };
  for (let index = from; index < to; index++) {
    const { bytes, direction } = frameAt(seed, index);
    const fault = judge(() => readAll(bytes, direction, decode), result);
    if (!fault) continue;
    result.bad += 1;
    const hex = Buffer.from(bytes.subarray(0, 200)).toString('hex');
    if (result.faults.length < toldFaults) result.faults.push(`${fault} by frame ${index} of seed ${seed}: ${hex}`);
  }
  return result;
}

function judge(read: () => string | undefined, result: DecodeResult): string | undefined {
  try {
    const startedAt = performance.now();
    const fault = timed(read, startedAt);
    result.decoded += 1;
    return fault;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    return `${error instanceof Error ? `${error.name} (${error.message})` : String(error)} was thrown`;
  }
}

function timed(read: () => string | undefined, startedAt: number): string | undefined {
  const fault = read();
  if (fault || performance.now() - startedAt < slowMs) return fault;
  // The machine may have been busy: only what is slow each time is slow.
  for (let n = 1; n < timesSlow; n++) {
    const again = performance.now();
    read();
    if (performance.now() - again < slowMs) return undefined;
  }
  return `more than ${slowMs} ms were taken`;
}

function readAll(bytes: Uint8Array, direction: Direction, decode: typeof decodeFrame): string | undefined {
  const frame = decode(bytes, { inflate });
  const again = decode(encodeFrame(frame), { maxBytes: Number.MAX_SAFE_INTEGER });
  if (!isDeepStrictEqual(again, frame)) return 'another frame came of writing and reading';
  if (frame.payload.length === 0) return undefined;
  const reader = payloads[frame.command]?.[direction];
  if (!reader) return undefined;
  const message = reader.decode(frame.payload) as { meta?: Meta; metas?: Meta[] };
  if (!isStable(reader, message)) return 'another payload came of writing and reading';
  for (const meta of message.metas ?? (message.meta ? [message.meta] : [])) {
    const entry = entries[meta.ns] ?? messageBody;
    if (!isStable(entry, entry.decode(meta.payload))) return 'another entry came of writing and reading';
  }
  return undefined;
}

function isStable({ decode, encode }: Codec, message: object): boolean {
  return isDeepStrictEqual(decode(encode(message as never)), message);
}
