/**
 * The text packets of Socket.IO in Engine.IO 3 and 4 that this server speaks
 * (https://socket.io/docs/v4/socket-io-protocol, https://socket.io/docs/v4/engine-io-protocol). Binary messages that follow one
 * are its attachments.
 */
export type Packet =
  | { type: 'ping'; probe: string }
  | { type: 'connect' | 'disconnect'; namespace: string }
  /** An event with binary attachments. `frameAt`: which of them is a frame; -1: none is, it is another event. */
  | { type: 'event'; attachments: number; frameAt: number }
  /** The client is going. */
  | { type: 'close' }
  /** A sign of life, or an event that nobody here knows. */
  | { type: 'ignored' };

export type EngineVersion = 3 | 4;

/** How often clients and server show each other that they are there, as clients are told. */
const pingIntervalMs = 25_000;
const pingTimeoutMs = 20_000;

const framePlaceholder = '["frame",{"_placeholder":true,"num":0}]';
/** What goes before the binary message of a frame. */
export const frameEventBytes = Buffer.from(`451-${framePlaceholder}`);
const frame: Packet = { type: 'event', attachments: 1, frameAt: 0 };
const ignored: Packet = { type: 'ignored' };
const binaryEvent = /^45(\d{1,2})-(?:(\/[^,]*),)?\d*(\[.*)$/s;
const namespaced = /^4[01](\/[^,?]{0,64})/;

export function handshake(sid: string, maxPayload: number): string {
  return `0${JSON.stringify({ sid, upgrades: [], pingInterval: pingIntervalMs, pingTimeout: pingTimeoutMs, maxPayload })}`;
}

/** Clients of version 3 are connected without asking; those of version 4 ask, and are told an id. */
export function connected(version: EngineVersion, sid: string): string {
  return version === 3 ? '40' : `40${JSON.stringify({ sid })}`;
}

export function refusedNamespace(version: EngineVersion, namespace: string): string {
  const text = 'Invalid namespace';
  return `44${namespace},${JSON.stringify(version === 3 ? text : { message: text })}`;
}

export const disconnected = '41';

/** Undefined for what is no packet. */
export function readPacket(bytes: Buffer): Packet | undefined {
  if (bytes.equals(frameEventBytes)) return frame;
  const text = bytes.toString();
  switch (text[0]) {
    case '1':
      return { type: 'close' };
    case '2':
      return { type: 'ping', probe: text.slice(1) };
    case '3':
    case '5':
    case '6':
      return ignored;
    case '4':
      return readMessage(text);
    default:
      return undefined;
  }
}

function readMessage(text: string): Packet | undefined {
  switch (text[1]) {
    case '0':
      return { type: 'connect', namespace: namespaced.exec(text)?.[1] ?? '/' };
    case '1':
      return { type: 'disconnect', namespace: namespaced.exec(text)?.[1] ?? '/' };
    case '2':
    case '3':
    case '4':
      return ignored;
    case '5':
      return readBinaryEvent(text);
    default:
      return undefined;
  }
}

function readBinaryEvent(text: string): Packet | undefined {
  const [, attachments, namespace = '/', json] = binaryEvent.exec(text) ?? [];
  if (!attachments || !json) return undefined;
  const event = readJson(json);
  if (!Array.isArray(event)) return undefined;
  const isFrame = namespace === '/' && event[0] === 'frame';
  const frameAt = isFrame ? placeholderOf(event[1]) : -1;
  if (isFrame && frameAt === undefined) return undefined;
  return { type: 'event', attachments: Number(attachments), frameAt: frameAt ?? -1 };
}

function placeholderOf(argument: unknown): number | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { _placeholder: isPlaceholder, num } = argument as { _placeholder?: unknown; num?: unknown };
  return isPlaceholder === true && typeof num === 'number' ? num : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
