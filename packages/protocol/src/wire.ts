/** The protobuf wire format, as far as the schema needs it: the code in `gen/` reads and writes through this. */
import { ProtocolError } from './protocol-error.ts';

// Declared here because the package compiles without the types of the DOM or Node; both have these at run time.
declare const TextDecoder: new (
  label: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encodeInto(text: string, target: Uint8Array): { written: number } };

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export const emptyBytes = new Uint8Array(0);

/** What an encoder takes: fields left out, at any depth, have their default value. */
export type Init<T> = T extends Uint8Array | string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : { readonly [Key in keyof T]?: Init<T[Key]> };

const maxGroupDepth = 16;
/** Up to this length a loop in JavaScript is faster than calling the platform's decoder or encoder. */
const shortText = 16;
/** One more than the largest safe integer, because deployed clients send exactly this as a history key. */
const maxNumber = 2 ** 53;

/**
 * Reads one message. Single bytes are read without a bounds check: past the end they are `undefined`, every loop over
 * them is bounded, and the position, then beyond the message's end, fails `close`.
 */
export class Reader {
  private readonly bytes: Uint8Array;
  pos = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  uint32(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new ProtocolError('malformed');
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  uint64(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    const high = this.bitsFrom28();
    const value = high * 2 ** 28 + low;
    // The sum rounds just above 2^53, where only `low` tells.
    if (value > maxNumber || (value === maxNumber && low !== 0)) throw new ProtocolError('number_too_large');
    return value;
  }

  bool(): boolean {
    return this.uint64() !== 0;
  }

  string(): string {
    const end = this.open();
    const start = this.pos;
    this.pos = end;
    return end - start <= shortText ? this.shortString(start, end) : decoder.decode(this.bytes.subarray(start, end));
  }

  /** A view over the input. */
  view(): Uint8Array {
    const end = this.open();
    const start = this.pos;
    this.pos = end;
    return start === end ? emptyBytes : this.bytes.subarray(start, end);
  }

  /** Enters a length-delimited field and tells where it ends. */
  open(): number {
    const length = this.uint32();
    const end = this.pos + length;
    if (end > this.bytes.length) throw new ProtocolError('malformed');
    return end;
  }

  /** Every message ends exactly where its last field does. */
  close(end: number): void {
    if (this.pos !== end) throw new ProtocolError('malformed');
  }

  /** Passes over a field that the schema does not know, or knows with another wire type. */
  skip(tag: number, depth = 0): void {
    if (tag >>> 3 === 0) throw new ProtocolError('malformed');
    switch (tag & 7) {
      case 0:
        this.skipVarint();
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.pos = this.open();
        return;
      case 3:
        this.skipGroup(tag + 1, depth + 1);
        return;
      case 5:
        this.advance(4);
        return;
      default:
        throw new ProtocolError('malformed');
    }
  }

  private skipGroup(endTag: number, depth: number): void {
    if (depth > maxGroupDepth) throw new ProtocolError('too_deep');
    for (let tag = this.uint32(); tag !== endTag; tag = this.uint32()) this.skip(tag, depth);
  }

  private skipVarint(): void {
    for (let i = 0; i < 10; i++) if (this.byte() < 0x80) return;
    throw new ProtocolError('malformed');
  }

  private advance(length: number): void {
    this.pos += length;
    if (this.pos > this.bytes.length) throw new ProtocolError('malformed');
  }

  private byte(): number {
    return this.bytes[this.pos++] as number;
  }

  private bitsFrom28(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    for (let i = 0; i < 2; i++) {
      const byte = this.byte();
      if (byte & 0x7f) throw new ProtocolError('number_too_large');
      if (byte < 0x80) return value;
    }
    throw new ProtocolError('malformed');
  }

  private shortString(start: number, end: number): string {
    const { bytes } = this;
    let text = '';
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }
}

const slabBytes = 8 * 1024;

/**
 * Writes one message after the other into slabs of memory, because allocating each alone costs more than encoding it: the
 * results are views, and messages that do not fit a slab get memory of their own.
 */
export class Writer {
  private bytes = new Uint8Array(slabBytes);
  private start = 0;
  private pos = 0;

  /** Begins a message; drops one that was not finished, because it threw. */
  reset(): this {
    this.pos = this.start;
    return this;
  }

  finish(): Uint8Array {
    const { bytes, start, pos } = this;
    this.start = pos;
    if (bytes.length === slabBytes) return bytes.subarray(start, pos);
    this.use(new Uint8Array(slabBytes));
    return bytes.slice(start, pos);
  }

  uint32(tag: number, value: number | undefined): void {
    if (value) this.explicitUint32(tag, value);
  }

  explicitUint32(tag: number, value: number): void {
    if (value >>> 0 !== value) throw new RangeError('not an unsigned 32-bit integer');
    this.reserve(10);
    this.varint(tag);
    this.varint(value);
  }

  sint32(tag: number, value: number | undefined): void {
    if (!value) return;
    if ((value | 0) !== value) throw new RangeError('not a 32-bit integer');
    this.explicitUint32(tag, ((value << 1) ^ (value >> 31)) >>> 0);
  }

  uint64(tag: number, value: number | undefined): void {
    if (value !== undefined && value !== 0) this.explicitUint64(tag, value);
  }

  explicitUint64(tag: number, value: number): void {
    this.reserve(15);
    this.varint(tag);
    let rest = value;
    if (rest >>> 0 !== rest) {
      if (!(Number.isInteger(rest) && rest > 0 && rest <= maxNumber))
        throw new RangeError('not an unsigned integer below 2^53');
      const low = rest % 2 ** 28;
      this.low28(low);
      rest = (rest - low) / 2 ** 28;
    }
    this.varint(rest);
  }

  bool(tag: number, value: boolean | undefined): void {
    if (value) this.explicitUint32(tag, 1);
  }

  string(tag: number, value: string | undefined): void {
    if (!value) return;
    this.reserve(10 + value.length * 3);
    this.varint(tag);
    // Room for the length as it is if the text is ASCII; `close` moves the text when it is not.
    const start = this.pos + lengthBytes(value.length);
    const written = value.length <= shortText ? this.shortString(value, start) : this.longString(value, start);
    this.pos = start + written;
    this.putLength(start - this.start, lengthBytes(value.length));
  }

  view(tag: number, value: Uint8Array | undefined): void {
    if (value?.length) this.explicitView(tag, value);
  }

  explicitView(tag: number, value: Uint8Array): void {
    this.reserve(10 + value.length);
    this.varint(tag);
    this.varint(value.length);
    this.bytes.set(value, this.pos);
    this.pos += value.length;
  }

  /** Starts a message field; the result, counted from the message's start because the memory may move, goes to `close`. */
  open(tag: number): number {
    this.reserve(6);
    this.varint(tag);
    this.pos += 1;
    return this.pos - this.start;
  }

  close(offset: number): void {
    this.putLength(offset, 1);
  }

  /** Puts its length before what was written from `offset` on; `reserved` bytes of room were left for it. */
  private putLength(offset: number, reserved: number): void {
    const length = this.pos - this.start - offset;
    const needed = lengthBytes(length);
    if (needed !== reserved) this.shift(offset, needed - reserved);
    this.pos = this.start + offset - reserved;
    this.varint(length);
    this.pos += length;
  }

  private shift(offset: number, by: number): void {
    this.reserve(by);
    const from = this.start + offset;
    this.bytes.copyWithin(from + by, from, this.pos);
  }

  private varint(value: number): void {
    const { bytes } = this;
    let { pos } = this;
    let rest = value;
    while (rest > 0x7f) {
      bytes[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[pos++] = rest;
    this.pos = pos;
  }

  /** Four bytes of a number that goes on after them. */
  private low28(value: number): void {
    const { bytes, pos } = this;
    bytes[pos] = (value & 0x7f) | 0x80;
    bytes[pos + 1] = ((value >>> 7) & 0x7f) | 0x80;
    bytes[pos + 2] = ((value >>> 14) & 0x7f) | 0x80;
    bytes[pos + 3] = (value >>> 21) | 0x80;
    this.pos = pos + 4;
  }

  private shortString(text: string, start: number): number {
    const { bytes } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.longString(text, start);
      bytes[start + i] = unit;
    }
    return text.length;
  }

  private longString(text: string, start: number): number {
    return encoder.encodeInto(text, this.bytes.subarray(start)).written;
  }

  private reserve(length: number): void {
    if (this.pos + length > this.bytes.length) this.moveToRoomFor(length);
  }

  private moveToRoomFor(length: number): void {
    const message = this.bytes.subarray(this.start, this.pos);
    const needed = message.length + length;
    this.use(new Uint8Array(needed <= slabBytes ? slabBytes : Math.max(needed, message.length * 2)));
    this.bytes.set(message);
    this.pos = message.length;
  }

  private use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.start = 0;
    this.pos = 0;
  }
}

/** The one that all encoders use: nothing in them waits, so no two messages are ever begun at once. */
export const writer = new Writer();

function lengthBytes(length: number): number {
  if (length < 2 ** 7) return 1;
  if (length < 2 ** 14) return 2;
  if (length < 2 ** 21) return 3;
  return length < 2 ** 28 ? 4 : 5;
}
