/** FIN, and that it is binary. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
const finalBinary = 0x82;
const longest7 = 125;
const longest16 = 0xffff;

/** The members of a group get the same frames in the same turn. */
let last: { frames: readonly Uint8Array[]; bytes: Buffer } | undefined;

/**
 * Frames as the messages of a WebSocket of a server, uncompressed, in one piece: one write of one buffer, which several sockets
 * share, costs half of what the library's writes with a header for each message do (`npm run bench -- groups`).
 */
export function messagesOf(frames: readonly Uint8Array[]): Buffer {
  if (last && isSame(last.frames, frames)) return last.bytes;
  let size = 0;
  for (const { length } of frames) size += headerBytes(length) + length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) {
    at = writeHeader(bytes, at, frame.length);
    bytes.set(frame, at);
    at += frame.length;
  }
  last = { frames, bytes };
  return bytes;
}

function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function headerBytes(length: number): number {
  if (length <= longest7) return 2;
  return length <= longest16 ? 4 : 10;
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = finalBinary;
  if (length <= longest7) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length <= longest16) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
    return at + 4;
  }
  bytes[at + 1] = 127;
  bytes.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2);
  bytes.writeUInt32BE(length >>> 0, at + 6);
  return at + 10;
}
