import { FlooError } from '../errors.ts';
import type { Emitter } from '../event/emitter.ts';
import type { Platform } from '../platform/platform.ts';
import { fetchSendBytes } from '../platform/upload-fetch.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { FileUpload, FileUploadParam, FileUploadResult } from '../types.ts';
import { type CheckedUpload, checkUpload } from './check-upload.ts';
import { Progress } from './progress.ts';
import { giveUp, sendResumable } from './resumable.ts';
import { sendForm } from './send-form.ts';
import { checkTaken, type Job, persist, smallBytes, transfer } from './transfer.ts';

/** More of them would only share the same line. */
const atOnce = 3;

export interface UploadsParts {
  platform: Platform;
  emitter: Emitter;
  rest: RestClient;
}

/** Files on their way to the server: a few at the same time, the others wait in order. */
export class Uploads {
  readonly #parts: UploadsParts;
  readonly #all = new Set<AbortController>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  async upload(param: FileUploadParam): Promise<FileUploadResult> {
    const checked = checkUpload(param);
    const end = new AbortController();
    const cancel = () => end.abort(canceled('the upload was canceled', checked.signal?.reason));
    if (checked.signal?.aborted) cancel();
    checked.signal?.addEventListener('abort', cancel);
    this.#all.add(end);
    try {
      return await untilAborted(end.signal, () => this.#inTurn(() => this.#run(checked, end.signal)));
    } finally {
      this.#all.delete(end);
      checked.signal?.removeEventListener('abort', cancel);
    }
  }

  /** Nobody hears of them any more. */
  cancelAll(reason: string): void {
    for (const end of this.#all) end.abort(canceled(reason));
  }

  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running < atOnce) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #run(checked: CheckedUpload, signal: AbortSignal): Promise<FileUploadResult> {
    signal.throwIfAborted();
    const { rest } = this.#parts;
    const { token } = rest;
    try {
      const address = await checked.address(rest);
      return await this.#send(checked, address, this.#job(checked, signal));
    } catch (error) {
      // The address ends with the token that asked for it.
      if ((error as FlooError).code === 'TOKEN_INVALID' && token) rest.onTokenRefused(token);
      throw error;
    }
  }

  #job({ file, progress }: CheckedUpload, signal: AbortSignal): Job {
    const { platform, emitter } = this.#parts;
    const tell = (res: object) => {
      if (progress && !signal.aborted) emitter.call('processCallback', progress, res);
    };
    return {
      file,
      progress: new Progress(file.size, tell),
      platform,
      send: platform.sendBytes ?? fetchSendBytes(platform.fetch),
      pieceBytes: platform.sendBytes ? file.size : smallBytes,
      signal,
    };
  }

  async #send(checked: CheckedUpload, address: FileUpload, job: Job): Promise<FileUploadResult> {
    const { file, name, signal } = checked;
    const { resumable_url, direct_url, download_url } = address;
    if (!resumable_url) {
      await sendForm(job, name, address);
      job.progress.arrived(file.size);
      return { url: download_url, name, type: file.type, size: file.size };
    }
    try {
      if (!(await sendDirect(job, direct_url))) await sendResumable(job, resumable_url);
      const upload = new URL(resumable_url).searchParams.get('upload') ?? '';
      const { download_url: url, ...facts } = await persist(job, () => this.#parts.rest.call('fileFinish', { upload }));
      job.progress.arrived(file.size);
      return { url, ...facts };
    } catch (error) {
      if (signal?.aborted) void giveUp(job, resumable_url);
      throw error;
    }
  }
}

/** Past the server, straight to its store of files. False when it goes only the other way. */
async function sendDirect(job: Job, url: string | undefined): Promise<boolean> {
  const { file, progress, signal } = job;
  if (!url || file.size > job.pieceBytes) return false;
  try {
    // Its type is what the server finds it to be, not what a header says.
    const body = file.slice();
    const answer = await transfer(job, { method: 'PUT', url, body, progress: (loaded) => progress.sent(loaded) });
    checkTaken(answer);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function canceled(reason: string, cause?: unknown): FlooError {
  return new FlooError('CANCELED', reason, { cause });
}

/** Rejects as soon as the signal comes; what runs ends by itself. */
function untilAborted<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    run().then(resolve, reject);
  });
}
