import { schema } from '../../../protocol/test/schema.ts';

type Type = ReturnType<typeof schema.lookupType>;

/** What takes the place of what, wherever it stands in a frame. */
export interface Substitutes {
  numbers: ReadonlyMap<number, number>;
  /** Parts of texts. */
  texts: ReadonlyMap<string, string>;
}

/** What `payload` of a frame or a meta holds, by the number before it that says so. */
const payloads: Record<string, { saidBy: number; types: Record<number, string> }> = {
  Frame: { saidBy: 3, types: { 1: 'SyncUL', 3: 'Provision' } },
  Meta: { saidBy: 5, types: { 1: 'MessageBody', 6: 'Conversation' } },
};

/**
 * A recorded uplink frame with other ids in it. Byte by byte, as no codec does it: the order of the fields stays, and zeros that
 * were written.
 */
export function rewriteFrame(bytes: Uint8Array, substitutes: Substitutes): Uint8Array {
  return rewrite(Buffer.from(bytes), schema.lookupType('Frame'), substitutes);
}

function rewrite(bytes: Buffer, type: Type, substitutes: Substitutes): Buffer {
  const written: Buffer[] = [];
  let kind = 0;
  for (let pos = 0; pos < bytes.length; ) {
    const tag = readVarint(bytes, pos);
    const value = readVarint(bytes, tag.end);
    const field = tag.value >>> 3;
    written.push(bytes.subarray(pos, tag.end));
    if ((tag.value & 7) === 0) {
      if (field === payloads[type.name]?.saidBy) kind = value.value;
      written.push(varint(substitutes.numbers.get(value.value) ?? value.value));
      pos = value.end;
    } else if ((tag.value & 7) === 2) {
      pos = value.end + value.value;
      const inner = rewriteInner(bytes.subarray(value.end, pos), innerType(type, field, kind), substitutes);
      written.push(varint(inner.length), inner);
    } else throw new Error(`wire type ${tag.value & 7} was never recorded`);
  }
  return Buffer.concat(written);
}

/** Undefined: it is a text. */
function innerType(type: Type, id: number, kind: number): Type | undefined {
  const field = type.fieldsById[id];
  if (!field) throw new Error(`${type.name} has no field ${id}`);
  if (field.type === 'string') return undefined;
  return schema.lookupType(field.type === 'bytes' ? (payloads[type.name]?.types[kind] ?? '') : field.type);
}

function rewriteInner(bytes: Buffer, type: Type | undefined, substitutes: Substitutes): Buffer {
  if (type) return rewrite(bytes, type, substitutes);
  let text = bytes.toString();
  for (const [recorded, real] of substitutes.texts) text = text.replaceAll(recorded, real);
  return Buffer.from(text);
}

function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0n;
  for (let pos = start, shift = 0n; ; pos++, shift += 7n) {
    const byte = bytes[pos];
    if (byte === undefined) throw new Error('the recorded frame ends inside a number');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: Number(value), end: pos + 1 };
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
