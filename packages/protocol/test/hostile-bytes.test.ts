import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as protocol from '../src/index.ts';
import { messages } from './messages.ts';
import { type Direction, decodeNested } from './nested.ts';
import { bytesOf, downlink, uplink } from './vectors.ts';

const { decodeFrame, decodeMessageBody, decodeMeta, decodeSyncDL, encodeFrame, ProtocolError } = protocol;
const recorded = [...uplink, ...downlink].map(bytesOf);
const directions: Direction[] = ['uplink', 'downlink'];

/** Whatever the bytes are: a message, or a ProtocolError. */
function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

describe('only a ProtocolError is thrown', () => {
  test('by random bytes, in every decoder', () => {
    const decoders = [decodeFrame, ...Object.values(messages).map(({ decode }) => decode)];
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (given) => {
        for (const decode of decoders) survives(() => decode(given));
      }),
      { numRuns: 2000 },
    );
  });

  test('by random bytes nested in a frame', () => {
    const frames = fc.record({
      vsn: fc.constant(0 as const),
      command: fc.constantFrom(0, 1, 2, 3),
      payload: fc.uint8Array({ maxLength: 200 }),
    });
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encodeFrame(frame as Parameters<typeof encodeFrame>[0]);
        for (const direction of directions) survives(() => decodeNested(bytes, direction));
      }),
      { numRuns: 2000 },
    );
  });

  test('by every recorded frame cut at every byte', () => {
    for (const bytes of recorded) {
      for (let length = 0; length < bytes.length; length++) {
        for (const direction of directions) survives(() => decodeNested(bytes.subarray(0, length), direction));
      }
    }
  });

  test('by every recorded frame with any bit flipped', () => {
    for (const bytes of recorded) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        for (const direction of directions) survives(() => decodeNested(flipped, direction));
      }
    }
  });
});

describe('malformed', () => {
  const malformed: Record<string, number[]> = {
    'a tag alone': [0x08],
    'a number that does not end': [0x08, 0x80, 0x80],
    'a number longer than ten bytes': [0x08, ...Array<number>(10).fill(0x80), 0],
    'a text longer than what is there': [0x22, 5, 0x61],
    'a length of 4 GiB': [0x22, 0xff, 0xff, 0xff, 0xff, 0x0f],
    'an operation whose number reaches beyond it': [0x32, 2, 0x10, 0x80, 0x01],
    'a field number 0': [0x02, 1, 0x61],
    'a wire type that does not exist': [0x0f],
    'a group that ends without beginning': [0x24],
    'a group that ends as another': [0x7b, 0x84, 0x01],
    'a group that does not end': [0x7b, 0x08, 0x01],
    'an unknown fixed number that is cut': [0x79, 1, 2, 3],
  };

  test.each(Object.entries(malformed))('%s', (_, bytes) => {
    expect(codeOf(() => decodeMessageBody(Uint8Array.from(bytes)))).toBe('malformed');
  });

  test('is seen at the end of a view, not of the memory below it', () => {
    const whole = protocol.encodeMessageBody({ content: 'hello' });
    const memory = Uint8Array.from([...whole, ...whole]);
    expect(codeOf(() => decodeMessageBody(memory.subarray(0, whole.length - 1)))).toBe('malformed');
  });
});

test('unknown fields of every kind are passed over', () => {
  const unknown = [
    0x78 + 7,
    0x01,
    1,
    2,
    3,
    4,
    0xfa,
    0x01,
    2,
    9,
    9,
    0xf9,
    0x01,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    0xf0,
    0x01,
    0x96,
    0x01,
  ];
  const group = [0xfb, 0x01, 0x08, 1, 0x13, 0x14, 0xfc, 0x01];
  unknown[0] = 0xfd;
  const bytes = Uint8Array.from([...unknown, ...group, 0x22, 2, 0x68, 0x69]);
  expect(decodeMessageBody(bytes).content).toBe('hi');
});

test('a known field with another wire type is passed over', () => {
  expect(decodeMessageBody(Uint8Array.from([0x20, 7, 0x50, 1]))).toMatchObject({ content: '', qos: 1 });
});

test('groups in groups are followed to a depth and not further', () => {
  const nested = (depth: number) =>
    Uint8Array.from([...Array<number>(depth).fill(0x7b), ...Array<number>(depth).fill(0x7c)]);
  expect(codeOf(() => decodeMessageBody(nested(16)))).toBe('none');
  expect(codeOf(() => decodeMessageBody(nested(17)))).toBe('too_deep');
  expect(codeOf(() => decodeFrame(new Uint8Array(60_000).fill(0x7b)))).toBe('too_deep');
});

describe('64-bit numbers', () => {
  const idOf = (value: bigint) => decodeMeta(Uint8Array.from([0x08, ...varint(value)])).id;

  test.each([0n, 127n, 128n, 2n ** 28n - 1n, 2n ** 28n, 2n ** 32n, 2n ** 53n - 1n])('%s is read', (value) => {
    expect(idOf(value)).toBe(Number(value));
  });

  test('2^53 is read, because deployed clients send exactly it as a history key', () => {
    expect(idOf(2n ** 53n)).toBe(9007199254740992);
  });

  test.each([2n ** 53n + 1n, 2n ** 53n + 2n, 2n ** 54n, 2n ** 56n, 2n ** 63n, 2n ** 64n - 1n])(
    '%s is refused',
    (value) => {
      expect(codeOf(() => idOf(value))).toBe('number_too_large');
    },
  );

  test('a number written with more bytes than it needs is read', () => {
    expect(decodeMeta(Uint8Array.from([0x08, 0x81, ...Array<number>(8).fill(0x80), 0])).id).toBe(1);
  });

  function varint(value: bigint): number[] {
    return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
  }
});

describe('size', () => {
  test('a frame over the limit is refused before it is read', () => {
    expect(codeOf(() => decodeFrame(new Uint8Array(64 * 1024 + 1)))).toBe('frame_too_large');
    expect(codeOf(() => decodeFrame(new Uint8Array(11), { maxBytes: 10 }))).toBe('frame_too_large');
  });

  test('a frame of exactly the limit is read', () => {
    const payload = new Uint8Array(64 * 1024 - 6);
    const bytes = encodeFrame({ vsn: 0, command: 1, payload });
    expect(bytes).toHaveLength(64 * 1024);
    expect(decodeFrame(bytes).payload).toEqual(payload);
  });

  test('as many empty metas as fit a frame are read', () => {
    const payload = Uint8Array.from({ length: 60_000 }, (_, i) => (i % 2 === 0 ? 0x12 : 0));
    expect(decodeSyncDL(payload).metas).toHaveLength(30_000);
  });
});

describe('compression and encryption', () => {
  const inflate = (bytes: Uint8Array, maxOutputLength: number) => inflateSync(bytes, { maxOutputLength });
  const compressed = (payload: Uint8Array) =>
    Uint8Array.from([0x10, 1, ...encodeFrame({ vsn: 1, command: 1, payload })]);

  test('a zlib payload is inflated', () => {
    const payload = protocol.encodeSyncUL({ key: 17 });
    const frame = decodeFrame(compressed(deflateSync(payload)), { inflate });
    expect(protocol.decodeSyncUL(frame.payload).key).toBe(17);
  });

  test('a zlib payload is refused where nothing can inflate it', () => {
    expect(codeOf(() => decodeFrame(compressed(deflateSync(new Uint8Array(9)))))).toBe('unsupported_compression');
  });

  test('an unknown compression is refused', () => {
    expect(codeOf(() => decodeFrame(Uint8Array.from([0x10, 2]), { inflate }))).toBe('unsupported_compression');
  });

  test('a bomb is refused while it inflates', () => {
    const bomb = compressed(deflateSync(new Uint8Array(50_000_000)));
    expect(codeOf(() => decodeFrame(bomb, { inflate }))).toBe('inflated_too_large');
  });

  test('an inflate that does not stop by itself is checked afterwards', () => {
    const frame = compressed(deflateSync(new Uint8Array(101)));
    expect(codeOf(() => decodeFrame(frame, { maxInflatedBytes: 100, inflate: (bytes) => inflateSync(bytes) }))).toBe(
      'inflated_too_large',
    );
  });

  test('garbage instead of zlib is malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (payload) =>
        survives(() => decodeFrame(compressed(payload), { inflate })),
      ),
    );
    expect(codeOf(() => decodeFrame(compressed(Uint8Array.of(1, 2, 3)), { inflate }))).toBe('malformed');
  });

  test.each([1, 2, 3, 9])('encryption %i is refused', (method) => {
    expect(codeOf(() => decodeFrame(Uint8Array.from([0x28, method])))).toBe('unsupported_encryption');
  });
});

test('an error says nothing of what was in the bytes', () => {
  const bytes = [...protocol.encodeProvision({ token: 'Tsecret' }), 0x0f];
  try {
    protocol.decodeProvision(Uint8Array.from(bytes));
    expect.unreachable();
  } catch (error) {
    expect(String(error)).toBe('ProtocolError: the bytes are not a valid message');
  }
});
