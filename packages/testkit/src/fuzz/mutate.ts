import { limits } from '@flooim/protocol';
import type { Random } from '../random.ts';

/** One field of a message, from its tag to its end. */
interface Field {
  at: number;
  /** Where its number, its length or its bytes begin, behind the tag. */
  value: number;
  /** Of its number or its length. */
  valueEnd: number;
  end: number;
}

type Mutation = (bytes: Uint8Array, random: Random, other: () => Uint8Array) => Uint8Array;

/** Numbers as nobody writes them: at the edges, beyond them, too long, without an end. */
const numbers = [
  [0],
  [0x7f],
  [0x80, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  Array<number>(40).fill(0x80),
].map((bytes) => Uint8Array.from(bytes));
const startGroup = 0x7b;
const endGroup = 0x7c;

const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const result = bytes.slice();
    for (let n = random.between(1, 8); n > 0 && result.length > 0; n--) {
      const at = random.between(0, result.length - 1);
      result[at] = (result[at] as number) ^ (1 << random.between(0, 7));
    }
    return result;
  },
  function cut(bytes, random) {
    const at = random.between(0, bytes.length);
    return random.chance(0.8) ? bytes.slice(0, at) : bytes.slice(at);
  },
  function scribble(bytes, random) {
    const result = bytes.slice();
    const from = random.between(0, bytes.length);
    const filler = random.pick([-1, 0, 0x80, 0xff]);
    for (let at = from; at < Math.min(bytes.length, from + random.between(1, 12)); at++)
      result[at] = filler < 0 ? random.between(0, 255) : filler;
    return result;
  },
  /** Also what a length says. */
  function changeNumber(bytes, random) {
    const field = pickField(bytes, random);
    return field ? replace(bytes, field.value, field.valueEnd, random.pick(numbers)) : bytes;
  },
  function changeWireType(bytes, random) {
    const field = pickField(bytes, random);
    if (!field) return bytes;
    const result = bytes.slice();
    result[field.at] = ((result[field.at] as number) & ~7) | random.between(0, 7);
    return result;
  },
  function changeFieldNumber(bytes, random) {
    const field = pickField(bytes, random);
    if (!field) return bytes;
    const tag = (random.between(0, 20) << 3) | ((bytes[field.at] as number) & 7);
    return replace(bytes, field.at, field.value, tag < 0x80 ? Uint8Array.of(tag) : Uint8Array.of(tag | 0x80, tag >> 7));
  },
  function repeatField(bytes, random) {
    const field = pickField(bytes, random);
    if (!field) return bytes;
    const one = bytes.subarray(field.at, field.end);
    const times = Math.min(
      random.chance(0.01) ? 5000 : random.between(1, 8),
      Math.floor(limits.frameBytes / one.length),
    );
    return join([bytes.subarray(0, field.at), ...Array<Uint8Array>(times).fill(one), bytes.subarray(field.end)]);
  },
  function dropField(bytes, random) {
    const field = pickField(bytes, random);
    return field ? replace(bytes, field.at, field.end, Uint8Array.of()) : bytes;
  },
  /** A message inside itself, again and again. */
  function nestField(bytes, random) {
    const field = pickField(bytes, random);
    let result = bytes;
    for (let depth = random.between(1, 20); field && depth > 0 && result.length < 0x3f00; depth--)
      result = join([bytes.subarray(field.at, field.value), lengthOf(result.length), result]);
    return result;
  },
  function nestGroups(bytes, random) {
    const depth = random.chance(0.01) ? 30_000 : random.between(1, 20);
    const opened = new Uint8Array(depth).fill(startGroup);
    const closed = new Uint8Array(random.chance(0.2) ? random.between(0, 20) : depth).fill(endGroup);
    return join([bytes, opened, random.chance(0.5) ? Uint8Array.of(0x08, 1) : Uint8Array.of(), closed]);
  },
  function insert(bytes, random) {
    const at = random.between(0, bytes.length);
    const noise = Uint8Array.from({ length: random.between(1, 16) }, () => random.between(0, 255));
    return replace(bytes, at, at, random.chance(0.5) ? noise : random.pick(numbers));
  },
  function splice(bytes, random, other) {
    const tail = other();
    return join([bytes.subarray(0, random.between(0, bytes.length)), tail.subarray(random.between(0, tail.length))]);
  },
];

/** The same bytes, wrong in one to three ways. `other` gives something to splice them with. */
export function mutate(bytes: Uint8Array, random: Random, other: () => Uint8Array): Uint8Array {
  let result = bytes;
  for (let n = random.chance(0.7) ? 1 : random.between(2, 3); n > 0; n--)
    result = random.pick(mutations)(result, random, other);
  return result;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function replace(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return join([bytes.subarray(0, from), by, bytes.subarray(to)]);
}

/** Of what is below 2^14. */
function lengthOf(length: number): Uint8Array {
  return length < 0x80 ? Uint8Array.of(length) : Uint8Array.of((length & 0x7f) | 0x80, length >> 7);
}

/** A field of the message, or of a message in it. */
function pickField(bytes: Uint8Array, random: Random): Field | undefined {
  const fields = fieldsIn(bytes, 0, bytes.length);
  let field = fields.length > 0 ? random.pick(fields) : undefined;
  while (field && ((bytes[field.at] as number) & 7) === 2 && random.chance(0.6)) {
    const inner = fieldsIn(bytes, field.valueEnd, field.end);
    if (inner.length === 0) break;
    field = random.pick(inner);
  }
  return field;
}

/** As far as it makes sense. */
function fieldsIn(bytes: Uint8Array, from: number, to: number): Field[] {
  const fields: Field[] = [];
  for (let at = from; at < to && fields.length < 40; ) {
    const value = varintEnd(bytes, at, to);
    const wireType = (bytes[at] as number) & 7;
    const valueEnd = wireType === 0 || wireType === 2 ? varintEnd(bytes, value, to) : value;
    const end = wireType === 2 ? valueEnd + shortVarint(bytes, value) : valueEnd + ([0, 8, 0, 0, 0, 4][wireType] ?? 0);
    if (end > to || end <= at) break;
    fields.push({ at, value, valueEnd, end });
    at = end;
  }
  return fields;
}

function varintEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) >= 0x80) at++;
  return at + 1;
}

/** Of at most three bytes: no frame is longer than that says. */
function shortVarint(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
  if (a < 0x80) return a;
  return b < 0x80 ? (a & 0x7f) | (b << 7) : (a & 0x7f) | ((b & 0x7f) << 7) | (c << 14);
}
