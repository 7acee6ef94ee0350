import type { Manners } from './socketio-door.ts';
import { frameEventBytes } from './socketio-packets.ts';

/** First bytes of a whole WebSocket message. */
const text = 0x81;
const binary = 0x82;
/** As Engine.IO marks what it carries: the type of a packet, as a byte in version 3, and `b` for what is written as base64. */
export const messageByte = 4;
export const base64Mark = { 3: `b${messageByte}`, 4: 'b' } as const;

const event = Buffer.concat([Buffer.of(text, frameEventBytes.length), frameEventBytes]);

/**
 * Frames as they travel, each as an event and its attachment: all in one buffer, so that one write takes them. ws would make
 * four writes of each frame, with which a message to many costs 1.4 times as much.
 */
export function eventBytes(frames: readonly Uint8Array[], { version, base64 }: Manners): Buffer {
  const attachments = base64 ? frames.map((frame) => inBase64(frame, version)) : frames;
  const markLength = version === 3 && !base64 ? 1 : 0;
  const bytes = Buffer.allocUnsafe(attachments.reduce((sum, { length }) => sum + spaceFor(length + markLength), 0));
  let at = 0;
  for (const attachment of attachments) {
    bytes.set(event, at);
    at = writeHead(bytes, at + event.length, base64 ? text : binary, attachment.length + markLength);
    if (markLength > 0) bytes[at++] = messageByte;
    bytes.set(attachment, at);
    at += attachment.length;
  }
  return bytes;
}

function inBase64(frame: Uint8Array, version: Manners['version']): Buffer {
  return Buffer.from(base64Mark[version] + Buffer.from(frame).toString('base64'), 'latin1');
}

function spaceFor(length: number): number {
  return event.length + headLength(length) + length;
}

function headLength(length: number): number {
  if (length < 126) return 2;
  return length < 2 ** 16 ? 4 : 10;
}

/** Gives where the message itself begins. */
function writeHead(bytes: Buffer, at: number, type: number, length: number): number {
  bytes[at] = type;
  switch (headLength(length)) {
    case 2:
      bytes[at + 1] = length;
      return at + 2;
    case 4:
      bytes[at + 1] = 126;
      return bytes.writeUInt16BE(length, at + 2);
    default:
      bytes[at + 1] = 127;
      bytes.writeUInt32BE(0, at + 2);
      return bytes.writeUInt32BE(length, at + 6);
  }
}
