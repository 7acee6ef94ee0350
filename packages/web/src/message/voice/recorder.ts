import { toBase64 } from '../base64.ts';
import { type Level, peakOf, waveformOf } from './waveform.ts';

/** Why there is no recording. */
export type RecorderTrouble = 'insecure' | 'unsupported' | 'refused' | 'noDevice' | 'deviceBusy' | 'failed';

export class RecorderError extends Error {
  readonly trouble: RecorderTrouble;

  constructor(trouble: RecorderTrouble) {
    super(`No recording: ${trouble}`);
    this.trouble = trouble;
  }
}

export interface Recording {
  file: File;
  seconds: number;
  /** As an attachment carries it. */
  waveform: string;
}

/** The first that the browser can write: small and good first, then what Safari has. */
const types = [
  { type: 'audio/webm;codecs=opus', ending: 'webm' },
  { type: 'audio/mp4', ending: 'm4a' },
  { type: 'audio/ogg;codecs=opus', ending: 'ogg' },
];

/** Speech needs no more. */
const bitsPerSecond = 32_000;
const levelEveryMs = 50;

const troubles: Record<string, RecorderTrouble> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'noDevice',
  OverconstrainedError: 'noDevice',
  NotReadableError: 'deviceBusy',
  AbortError: 'deviceBusy',
};

async function openMicrophone(): Promise<MediaStream> {
  if (!isSecureContext) throw new RecorderError('insecure');
  if (!navigator.mediaDevices || typeof MediaRecorder === 'undefined') throw new RecorderError('unsupported');
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch (error) {
    throw new RecorderError(troubles[(error as DOMException).name] ?? 'failed');
  }
}

/**
 * One recording from the microphone. Whatever happens, `release` lets go of it: the browser shows a recording sign until all
 * tracks are stopped.
 */
export class Recorder {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #sound: AudioContext;
  readonly #levels: Level[] = [];
  readonly #ending: string;
  readonly #pieces: Blob[] = [];
  readonly #stopped: Promise<void>;
  readonly #startedAt = performance.now();
  #ticking: ReturnType<typeof setInterval> | undefined;
  #durationMs: number | undefined;

  private constructor(stream: MediaStream, onLevel: (level: Level) => void) {
    this.#stream = stream;
    const chosen = types.find(({ type }) => MediaRecorder.isTypeSupported(type));
    if (!chosen) throw new RecorderError('unsupported');
    this.#ending = chosen.ending;
    this.#recorder = new MediaRecorder(stream, { mimeType: chosen.type, audioBitsPerSecond: bitsPerSecond });
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#pieces.push(data));
    // Also when the microphone is pulled out: what was said until then is kept.
    this.#stopped = new Promise((resolve) => this.#recorder.addEventListener('stop', () => resolve(this.#end())));
    this.#sound = new AudioContext();
    this.#listen(onLevel);
    this.#recorder.start();
  }

  /** Asks for the microphone, and starts. Rejects with a `RecorderError`; when the signal comes first, with its reason. */
  static async start(onLevel: (level: Level) => void, signal: AbortSignal): Promise<Recorder> {
    const stream = await openMicrophone();
    try {
      signal.throwIfAborted();
      return new Recorder(stream, onLevel);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw signal.aborted || error instanceof RecorderError ? error : new RecorderError('failed');
    }
  }

  #listen(onLevel: (level: Level) => void): void {
    const analyser = this.#sound.createAnalyser();
    const samples = new Float32Array(analyser.fftSize);
    this.#sound.createMediaStreamSource(this.#stream).connect(analyser);
    void this.#sound.resume();
    this.#ticking = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = { atMs: this.elapsedMs, peak: peakOf(samples) };
      this.#levels.push(level);
      onLevel(level);
    }, levelEveryMs);
  }

  get elapsedMs(): number {
    return this.#durationMs ?? performance.now() - this.#startedAt;
  }

  /** Whether nothing more is recorded, for whatever reason. */
  get ended(): boolean {
    return this.#durationMs !== undefined;
  }

  #end(): void {
    this.#durationMs ??= performance.now() - this.#startedAt;
    this.release();
  }

  /** Ends the recording; null if there is nothing in it. */
  async finish(): Promise<Recording | null> {
    this.stop();
    await this.#stopped;
    const type = this.#recorder.mimeType.split(';')[0] as string;
    const file = new File(this.#pieces, `voice.${this.#ending}`, { type });
    if (file.size === 0) return null;
    const waveform = toBase64(waveformOf(this.#levels, this.elapsedMs));
    return { file, seconds: this.elapsedMs / 1000, waveform };
  }

  /** Records no more, and keeps what was said. */
  stop(): void {
    if (this.#recorder.state === 'inactive') return;
    this.#durationMs ??= performance.now() - this.#startedAt;
    this.#recorder.stop();
  }

  release(): void {
    clearInterval(this.#ticking);
    this.stop();
    for (const track of this.#stream.getTracks()) track.stop();
    if (this.#sound.state !== 'closed') void this.#sound.close();
  }
}
