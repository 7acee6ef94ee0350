import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as protocol from '../src/index.ts';
import { messages } from './messages.ts';
import { schema } from './schema.ts';

describe.each(Object.entries(messages))('%s', (name, { arbitrary, encode, decode }) => {
  const type = schema.lookupType(name);

  test('decodes to what was encoded', () => {
    holds(arbitrary, (message) => expect(decode(encode(message))).toEqual(message));
  });

  test('is read by another implementation as it was meant', () => {
    holds(arbitrary, (message) => {
      const read = type.toObject(type.decode(encode(message)), { longs: Number, defaults: true });
      expect(comparable(name, read)).toEqual(comparable(name, message));
    });
  });

  test('is read as another implementation meant it', () => {
    holds(arbitrary, (message) => expect(decode(Uint8Array.from(type.encode(message).finish()))).toEqual(message));
  });

  test('is no bytes when there is nothing in it, and the other way round', () => {
    expect(encode({})).toHaveLength(0);
    const read = type.toObject(type.decode(new Uint8Array()), { longs: Number, defaults: true });
    expect(comparable(name, decode(new Uint8Array()))).toEqual(comparable(name, { ...read, ...absentXid(name) }));
  });
});

function holds<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      check(value);
    }),
  );
}

/** A notice is always about a conversation: without one, about the system's. */
function absentXid(name: string): object {
  return name === 'Notice' ? { xid: { uid: 0, deviceSN: 0 } } : {};
}

/** Shown by the other implementation alone: a field that nobody uses, and one that ours implies. */
const hidden: Record<string, object> = { Provision: { password: undefined }, Conversation: { type: undefined } };

/** The other implementation shows absent messages as null, and bytes as a Buffer. */
function comparable(name: string, message: object): unknown {
  return JSON.parse(
    JSON.stringify({ ...message, ...hidden[name] }, function (key, value: unknown) {
      const raw = (this as Record<string, unknown>)[key];
      if (raw instanceof Uint8Array) return [...raw];
      return value === null ? undefined : value;
    }),
  );
}

test('text survives whatever it holds: any script, a byte order mark, any length', () => {
  const texts = [
    '',
    '\uFEFFmark',
    '你好',
    '👩‍👩‍👧‍👦',
    'é'.repeat(43),
    '字'.repeat(42),
    '字'.repeat(43),
    'a'.repeat(127),
    'a'.repeat(128),
    '字'.repeat(6000),
  ];
  for (const content of texts) {
    expect(protocol.decodeMessageBody(protocol.encodeMessageBody({ content })).content).toBe(content);
  }
});

test('half a surrogate pair becomes a replacement character', () => {
  const body = protocol.encodeMessageBody({ content: 'cut \uD83D' });
  expect(protocol.decodeMessageBody(body).content).toBe('cut \uFFFD');
});

test('bytes that are no UTF-8 become replacement characters', () => {
  const short = Uint8Array.of(0x22, 3, 0x61, 0xff, 0x62);
  const long = Uint8Array.of(0x22, 40, ...Array<number>(39).fill(0x61), 0xc3);
  expect(protocol.decodeMessageBody(short).content).toBe('a\uFFFDb');
  expect(protocol.decodeMessageBody(long).content).toBe(`${'a'.repeat(39)}\uFFFD`);
});

test('an Xid is written with its uid even when that is 0', () => {
  expect([...protocol.encodeNotice({ xid: { uid: 0, deviceSN: 0 } })]).toEqual([0x0a, 2, 0x08, 0]);
});

test('a message field that comes twice is merged', () => {
  const twice = [...protocol.encodeSyncUL({ xid: { uid: 7 } }), 0x0a, 2, 0x10, 5];
  expect(protocol.decodeSyncUL(Uint8Array.from(twice)).xid).toEqual({ uid: 7, deviceSN: 5 });
});

test('numbers that a field cannot hold are refused before anything is sent', () => {
  for (const id of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53 + 2]) {
    expect(() => protocol.encodeMeta({ id })).toThrow(RangeError);
  }
  expect(() => protocol.encodeMessageBody({ priority: 2 ** 32 })).toThrow(RangeError);
  expect(() => protocol.encodeSyncUL({ fullSyncNum: 2 ** 31 })).toThrow(RangeError);
});

test('an encoder that threw leaves nothing behind in the next message', () => {
  const before = protocol.encodeMessageBody({ content: 'before' });
  expect(() => protocol.encodeMessageBody({ content: 'secret', priority: -1 })).toThrow(RangeError);
  const after = protocol.encodeMessageBody({ content: 'after' });
  expect(protocol.decodeMessageBody(before).content).toBe('before');
  expect(protocol.decodeMessageBody(after)).toMatchObject({ content: 'after', priority: 0 });
});

test('many messages of all sizes keep their bytes', () => {
  const contents = Array.from(
    { length: 3000 },
    (_, i) => `${i}:${'字'.repeat(i % 97)}${i % 500 === 0 ? 'x'.repeat(20_000) : ''}`,
  );
  const encoded = contents.map((content) => protocol.encodeMessageBody({ content }));
  expect(encoded.map((bytes) => protocol.decodeMessageBody(bytes).content)).toEqual(contents);
});
