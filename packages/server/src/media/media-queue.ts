import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Logger } from '../log.ts';
import type { Media, MediaFacts, ThumbnailSide } from './media.ts';
import { formatOf, type MediaFormat } from './media-format.ts';
import type { MediaGreeting, MediaJob } from './media-job.ts';
import { mediaLimits } from './media-limits.ts';
import { MediaProcess } from './media-process.ts';
import { findPrograms, type Programs } from './programs.ts';

export interface MediaQueueOptions {
  log: Logger;
  /** The folders in which ffmpeg, ffprobe and prlimit are looked for, as in PATH. */
  searchPath: string;
  /** The module that the process runs. */
  entry: URL;
  /** As in `mediaLimits`. */
  jobMs: number;
  waitMs: number;
  waiting: number;
  idleMs: number;
}

interface Waiting {
  job: MediaJob;
  /** On the clock that only goes forward, in milliseconds. */
  until: number;
  done: (answer: unknown) => void;
}

/**
 * Media by way of one process, which is started when there is something to do and ends when there was nothing for a while.
 * Jobs take turns, so that one that kills the process takes no other with it.
 */
export class MediaQueue implements Media {
  readonly #options: MediaQueueOptions;
  #programs: Programs | undefined;
  #process: MediaProcess | undefined;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** There is no sharp: it will not come while the server runs. */
  #isUseless = false;
  #isBehind = false;
  #isClosed = false;

  constructor(options: MediaQueueOptions) {
    this.#options = options;
  }

  async look(path: string, type: string): Promise<MediaFacts | undefined> {
    const format = formatOf(type);
    return format && factsOf(await this.#ask({ kind: 'look', path: resolve(path), format }), format);
  }

  async shrink(path: string, type: string, side: ThumbnailSide, to: string): Promise<boolean> {
    const format = formatOf(type);
    if (!format) return false;
    const isMade = (await this.#ask({ kind: 'shrink', path: resolve(path), format, side, to: resolve(to) })) === true;
    // One that was cut off may have left a part.
    if (!isMade) await rm(to, { force: true });
    return isMade;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#process?.end();
    await this.#working;
  }

  async #ask(job: MediaJob): Promise<unknown> {
    if (this.#isUseless || this.#isClosed) return undefined;
    if (this.#waiting.length >= this.#options.waiting) return this.#fallBehind();
    const answer = Promise.withResolvers<unknown>();
    this.#line({ job, until: performance.now() + this.#options.waitMs, done: answer.resolve });
    this.#working ??= this.#work();
    return answer.promise;
  }

  /** Looks go first: a file is looked at once, and a small picture that was not made now is made another time. */
  #line(waiting: Waiting): void {
    const firstShrink = waiting.job.kind === 'look' ? this.#waiting.findIndex(({ job }) => job.kind === 'shrink') : -1;
    this.#waiting.splice(firstShrink < 0 ? this.#waiting.length : firstShrink, 0, waiting);
  }

  async #work(): Promise<void> {
    clearTimeout(this.#idle);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      next.done(await this.#turn(next).catch((err) => this.#options.log.warn({ err }, 'no process could be started')));
    }
    this.#working = undefined;
    this.#isBehind = false;
    if (!this.#isClosed) this.#idle = setTimeout(() => this.#rest(), this.#options.idleMs).unref();
  }

  async #turn({ job, until }: Waiting): Promise<unknown> {
    if (performance.now() > until) return this.#fallBehind();
    const process = await this.#processFor(job);
    if (!process) return undefined;
    const answer = await process.run(job, this.#options.jobMs);
    if (process.isOver && !this.#isClosed)
      this.#options.log.warn({ job: job.kind, path: job.path }, 'a file ended the process that looks at media');
    return answer;
  }

  async #processFor({ format }: MediaJob): Promise<MediaProcess | undefined> {
    const programs = await this.#findPrograms();
    if (this.#isUseless || this.#isClosed || (format.kind === 'video' && !programs.video)) return undefined;
    if (this.#process && !this.#process.isOver) return this.#process;
    const process = new MediaProcess(this.#options.entry, programs);
    this.#process = process;
    return (await this.#isOfUse(process)) ? process : undefined;
  }

  async #findPrograms(): Promise<Programs> {
    if (this.#programs) return this.#programs;
    this.#programs = await findPrograms(this.#options.searchPath);
    if (!this.#programs.video) this.#options.log.info('no small pictures of videos: ffmpeg and ffprobe were not found');
    return this.#programs;
  }

  async #isOfUse(process: MediaProcess): Promise<boolean> {
    const { log } = this.#options;
    const greeting = (await process.greeting()) as MediaGreeting | undefined;
    if (greeting?.hasSharp) {
      log.debug({ pid: process.pid }, 'started a process that looks at media');
      return true;
    }
    if (greeting) {
      this.#isUseless = true;
      log.warn('no small pictures: sharp is not installed, or not for this machine');
      await process.end();
    } else if (!this.#isClosed) log.warn('the process that looks at media did not start');
    return false;
  }

  #rest(): void {
    void this.#process?.end();
  }

  /** Once for each time that it happens: what is not made for lack of time would fill the log. */
  #fallBehind(): undefined {
    if (!this.#isBehind) this.#options.log.warn('more small pictures are wanted than can be made: some are not');
    this.#isBehind = true;
  }
}

/** Who could make the process say what it likes must not reach further with it. */
function factsOf(answer: unknown, { kind }: MediaFormat): MediaFacts | undefined {
  const { width, height, duration, placeholder } = (answer ?? {}) as Partial<Record<keyof MediaFacts, unknown>>;
  if (!isSide(width) || !isSide(height) || !isDuration(duration) || !isPlaceholder(placeholder)) return undefined;
  return { kind, width, height, duration, placeholder };
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= mediaLimits.sidePixels;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mediaLimits.durationSec;
}

function isPlaceholder(value: unknown): value is string {
  return typeof value === 'string' && /^[\w+/]+=*$/.test(value) && value.length <= mediaLimits.placeholderChars;
}
