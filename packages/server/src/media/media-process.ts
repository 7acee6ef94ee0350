import { type ChildProcess, fork } from 'node:child_process';
import type { MediaJob } from './media-job.ts';
import { mediaLimits } from './media-limits.ts';
import { memoryLimits, type Programs } from './programs.ts';

/** One process that looks at media, a job at a time. A job that kills it, or takes too long, is its last. */
export class MediaProcess {
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<void>();
  #hear: ((word: unknown) => void) | undefined;
  #isOver = false;

  /** `entry`: the module that it runs. */
  constructor(entry: URL, programs: Programs) {
    const child = start(entry, programs);
    this.#child = child;
    child.on('message', (word) => this.#hear?.(word));
    child.on('exit', () => this.#end());
    // With no process there is no exit either; what is sent to one that has just ended fails too, and its end is told.
    child.on('error', () => child.pid === undefined && this.#end());
    child.unref();
    child.channel?.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It takes no more jobs. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What it says when it has started; undefined if it could not. */
  greeting(): Promise<unknown> {
    return this.#next(mediaLimits.startMs);
  }

  /** What came of the job; undefined if it ended the process. */
  run(job: MediaJob, limitMs: number): Promise<unknown> {
    const answer = this.#next(limitMs);
    this.#child.send(job, () => {});
    return answer;
  }

  /** It has nothing to tidy up. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#child.ref();
    kill(this.#child);
    await this.#ended.promise;
  }

  async #next(limitMs: number): Promise<unknown> {
    if (this.#isOver) return undefined;
    const word = Promise.withResolvers<unknown>();
    this.#hear = word.resolve;
    const timer = setTimeout(() => kill(this.#child), limitMs);
    const said = await word.promise;
    clearTimeout(timer);
    this.#hear = undefined;
    return said;
  }

  #end(): void {
    this.#isOver = true;
    // What it had started, if it ended by itself: a group keeps its id until all are gone.
    killGroup(this.#child);
    this.#hear?.(undefined);
    this.#ended.resolve();
  }
}

/** It leads a group of its own, so that what it starts ends with it, and knows nothing of the server's environment. */
function start(entry: URL, { video, prlimit }: Programs): ChildProcess {
  const node = [`--max-old-space-size=${mediaLimits.heapMib}`];
  const command = prlimit
    ? { execPath: prlimit, execArgv: [...memoryLimits, process.execPath, ...node] }
    : { execArgv: node };
  // Fewer arenas keep freed pixels from staying with the process.
  const env = { MALLOC_ARENA_MAX: '2' };
  return fork(entry, [JSON.stringify(video ?? null)], {
    ...command,
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
    windowsHide: true,
  });
}

/** Of one that has ended the id may be another's by now. */
function kill(child: ChildProcess): void {
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (!hasEnded && !killGroup(child)) child.kill('SIGKILL');
}

/** False where there is no such group, or, on Windows, no groups at all. */
function killGroup({ pid }: ChildProcess): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}
