/** A field as it stands on the wire: its number and what is in it. */
export type Field = readonly [number: number, value: number | string | Uint8Array];

/** The bytes of a message of exactly these fields, zeros and empty texts too: deployed clients write what they were given. */
export function messageOf(...fields: readonly Field[]): Uint8Array {
  return joined(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return joined([varint(number * 8), varint(value)]);
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      return joined([varint(number * 8 + 2), varint(bytes.length), bytes]);
    }),
  );
}

/** One behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The last of each of a message's fields, by number. */
export function fieldsOf(bytes: Uint8Array): Map<number, number | Uint8Array> {
  return new Map(readFields(bytes));
}

/** The varints and the texts, bytes and messages of a message, as they come; deployed schemas have nothing else. */
export function readFields(bytes: Uint8Array): [number: number, value: number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, afterTag] = readVarint(bytes, at);
    const [value, afterValue] = readVarint(bytes, afterTag);
    const hasLength = tag % 8 === 2;
    at = hasLength ? afterValue + value : afterValue;
    fields.push([Math.floor(tag / 8), hasLength ? bytes.subarray(afterValue, at) : value]);
  }
  return fields;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

function readVarint(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length; at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte % 128) * scale;
    if (byte < 128) return [value, at + 1];
  }
  throw new Error('a number that does not end');
}
