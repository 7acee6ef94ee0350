/** A process that decodes its part of the frames: what does not come to an end there can be ended from outside. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeFrame } from '@flooim/protocol';
import { type DecodeResult, decodeFrames } from './decode.ts';

/** A seeded bug of a decoder. */
export type DecoderBug = 'reads-past-end' | 'hangs' | 'keeps-frames';

export interface DecodePart {
  seed: number;
  from: number;
  to: number;
  bug?: DecoderBug;
}

/** So far; the last has what the part gave. */
export interface DecodeProgress {
  at: number;
  result: DecodeResult;
}

const framesPerTurn = 5000;
/** What may be left in memory at the end that was not there when everything was warm. */
const growthBytes = 32 * 2 ** 20;

const kept: Uint8Array[] = [];
const decoders: Record<DecoderBug, typeof decodeFrame> = {
  'reads-past-end': (bytes, options) => {
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint8(
      bytes.length - 1 + (bytes.at(-1) === 0 ? 1 : 0),
    );
    return decodeFrame(bytes, options);
  },
  hangs: (bytes, options) => {
    while (bytes.at(-1) === 0xff);
    return decodeFrame(bytes, options);
  },
  'keeps-frames': (bytes, options) => {
    kept.push(new Uint8Array(5000));
    return decodeFrame(bytes, options);
  },
};

async function run({ seed, from, to, bug }: DecodePart): Promise<void> {
  const result: DecodeResult = { decoded: 0, bad: 0, faults: [] };
  const warmAt = from + (to - from) / 5;
  let warmBytes = 0;
  for (let at = from; at < to; ) {
    const end = Math.min(at + framesPerTurn, to);
    const turn = decodeFrames(seed, { from: at, to: end }, bug && decoders[bug]);
    result.decoded += turn.decoded;
    result.bad += turn.bad;
    result.faults.push(...turn.faults.slice(0, 10 - result.faults.length));
    at = end;
    if (warmBytes === 0 && at >= warmAt) warmBytes = usedBytes();
    if (at < to) process.send?.({ at, result } satisfies DecodeProgress);
    // What was inflated is let go between turns.
    await nextTurn();
  }
  const grown = usedBytes() - warmBytes;
  if (grown > growthBytes) {
    result.bad += 1;
    result.faults.push(`${Math.round(grown / 2 ** 20)} MB of memory were kept`);
  }
  process.send?.({ at: to, result } satisfies DecodeProgress);
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await run(JSON.parse(process.argv[2] as string) as DecodePart);
