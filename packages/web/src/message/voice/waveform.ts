import { fromBase64 } from '../base64.ts';

/** How many values a recording's waveform has on its way. */
const waveformValues = 64;

/** A whisper is shown louder than it is, but silence is not blown up to noise. */
const quietestPeak = 0.12;
const mostEncodedChars = 1024;

const shownBars = 40;
const flatLevel = 36;

/** How loud it was at a moment of the recording: the largest deviation, 0 to 1. */
export interface Level {
  atMs: number;
  peak: number;
}

/** The largest deviation in a piece of sound. */
export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return Math.min(1, peak);
}

/** The course of a recording in `count` values of 0 to 255, the loudest of them 255 unless all was quiet. */
export function waveformOf(levels: readonly Level[], durationMs: number, count = waveformValues): Uint8Array {
  const peaks = new Array<number | null>(count).fill(null);
  for (const { atMs, peak } of levels) {
    const index = Math.min(count - 1, Math.max(0, Math.floor((atMs / Math.max(1, durationMs)) * count)));
    peaks[index] = Math.max(peaks[index] ?? 0, peak);
  }
  const loudest = Math.max(quietestPeak, ...peaks.map((peak) => peak ?? 0));
  let last = peaks.find((peak) => peak !== null) ?? 0;
  // Short recordings, and those made in the background, have fewer levels than values: then the one before holds on.
  return Uint8Array.from(peaks, (peak) => {
    last = peak ?? last;
    return Math.round((last / loudest) * 255);
  });
}

/** What another client wrote, if it is a waveform. */
export function readWaveform(text: string | undefined): Uint8Array | null {
  return text && text.length <= mostEncodedChars ? fromBase64(text) : null;
}

/** The same course in fewer or more values. */
export function resample(values: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * values.length) / count);
    const end = Math.max(start + 1, Math.floor(((i + 1) * values.length) / count));
    return Math.max(...values.subarray(start, end));
  });
}

/** What a voice message shows: its waveform, or a flat one where the sender's client made none. */
export function voiceLevels(waveform: string | undefined): number[] {
  const values = readWaveform(waveform);
  return values ? resample(values, shownBars) : new Array<number>(shownBars).fill(flatLevel);
}

/** Bars as one path of vertical lines with round ends, `step` apart in a box `height` high; silence is a dot. */
export function barsPath(values: ArrayLike<number>, step: number, height: number): string {
  const most = height / 2 - 1.5;
  return Array.from(values, (value, i) => {
    const half = Math.max(0.01, (value / 255) * most);
    return `M${(i + 0.5) * step} ${(height / 2 - half).toFixed(2)}v${(2 * half).toFixed(2)}`;
  }).join('');
}
