import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { DecodeResult } from './decode.ts';
import type { DecodePart, DecodeProgress, DecoderBug } from './decode-child.ts';

export interface DecodingOptions {
  seed: number;
  frames: number;
  bug?: DecoderBug;
  /** A process that says nothing for so long hangs: it decodes thousands of frames between two words. Default one minute. */
  hangMs?: number;
}

const child = fileURLToPath(new URL('./decode-child.ts', import.meta.url));

/** Decodes frames in as many processes as the machine runs at once. */
export async function decodeInProcesses({
  seed,
  frames,
  bug,
  hangMs = 60_000,
}: DecodingOptions): Promise<DecodeResult> {
  const count = Math.min(availableParallelism(), 4, frames);
  const edge = (i: number) => Math.floor((frames * i) / count);
  const parts = Array.from({ length: count }, (_, i) => ({ seed, from: edge(i), to: edge(i + 1), bug }));
  const results = await Promise.all(parts.map((part) => decodePart(part, hangMs)));
  return {
    decoded: results.reduce((sum, { decoded }) => sum + decoded, 0),
    bad: results.reduce((sum, { bad }) => sum + bad, 0),
    faults: results.flatMap(({ faults }) => faults),
  };
}

function decodePart(part: DecodePart, hangMs: number): Promise<DecodeResult> {
  const execArgv = ['--conditions=flooim-source', '--expose-gc'];
  const process = fork(child, [JSON.stringify(part)], { execArgv });
  let last: DecodeProgress = { at: part.from, result: { decoded: 0, bad: 0, faults: [] } };
  const watch = setTimeout(() => process.kill('SIGKILL'), hangMs);
  process.on('message', (progress) => {
    last = progress as DecodeProgress;
    watch.refresh();
  });
  return new Promise((resolve) => {
    process.on('exit', (code, signal) => {
      clearTimeout(watch);
      if (last.at === part.to) return resolve(last.result);
      const { decoded, bad, faults } = last.result;
      const why = signal === 'SIGKILL' ? 'it hung' : `it ended with ${code ?? signal}`;
      resolve({ decoded, bad: bad + 1, faults: [...faults, `decoding stopped behind frame ${last.at}: ${why}`] });
    });
  });
}
