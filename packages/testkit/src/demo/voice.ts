const samplesPerSec = 16_000;

interface Voice {
  /** A WAV file. */
  file: Buffer<ArrayBuffer>;
  seconds: number;
  /** 64 values of how loud it is, in base64, as the web app writes them. */
  waveform: string;
}

/** Vowels, by the two frequencies in Hz that make them. */
const vowels = [
  [730, 1090],
  [530, 1840],
  [390, 1990],
  [570, 840],
  [440, 1020],
] as const;
const syllablesPerSec = 4;

/** Somebody who hums a sentence in no language. `pitch` in Hz. */
export function hum(seconds: number, pitch: number): Voice {
  const samples = Float64Array.from({ length: seconds * samplesPerSec }, (_, i) => sample(i / samplesPerSec, pitch));
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((value, i) => void data.writeInt16LE(Math.round(value * 12_000), i * 2));
  return { file: Buffer.concat([wavHeader(data.length), data]), seconds, waveform: waveform(samples) };
}

function sample(time: number, pitch: number): number {
  const syllable = Math.floor(time * syllablesPerSec);
  const part = time * syllablesPerSec - syllable;
  const isPause = syllable % 7 === 6;
  const loudness = isPause ? 0 : Math.sin(Math.PI * part) ** 0.7 * (0.55 + 0.45 * Math.sin(syllable * 2.4) ** 2);
  const [low, high] = vowels[(syllable * 3) % vowels.length] as (typeof vowels)[number];
  const frequency = pitch * (1 + 0.12 * Math.sin(syllable * 1.9));
  let sum = 0;
  for (let harmonic = 1; harmonic <= 14; harmonic++) {
    const hz = harmonic * frequency;
    const strength = Math.exp(-(((hz - low) / 160) ** 2)) + 0.5 * Math.exp(-(((hz - high) / 220) ** 2)) + 0.04;
    sum += strength * Math.sin(2 * Math.PI * hz * time);
  }
  return Math.tanh(sum * 0.6) * loudness;
}

function waveform(samples: Float64Array): string {
  const length = samples.length / 64;
  const peaks = Array.from({ length: 64 }, (_, i) => {
    const piece = samples.subarray(Math.floor(i * length), Math.floor((i + 1) * length));
    return piece.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  });
  const loudest = Math.max(...peaks);
  return Buffer.from(peaks.map((peak) => Math.round((peak / loudest) * 255))).toString('base64');
}

function wavHeader(bytes: number): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  // PCM, one channel of 16 bits.
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(samplesPerSec, 24);
  header.writeUInt32LE(samplesPerSec * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}
