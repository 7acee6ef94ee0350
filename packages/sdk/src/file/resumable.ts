import { FlooError } from '../errors.ts';
import type { BytesAnswer } from '../platform/platform.ts';
import { checkLater, checkTaken, type Job, persist, transfer } from './transfer.ts';

const version = { 'tus-resumable': '1.0.0' };
/** Another request holds the upload, or has brought it further than this one knows. */
const conflicts: ReadonlySet<number> = new Set([409, 423]);
/** Long enough for a word of good-bye. */
const partingMs = 10_000;

/** Sends the file by tus 1.0, after each cut from where the server has it. */
export async function sendResumable(job: Job, url: string): Promise<void> {
  /** What the server has; undefined: it has not begun. */
  let offset: number | undefined;
  let isSure = true;
  await persist(job, async () => {
    if (!isSure) offset = await askOffset(job, url);
    isSure = false;
    for (; offset === undefined || offset < job.file.size; offset = await sendPiece(job, url, offset)) {
      job.progress.arrived(offset ?? 0);
    }
  });
}

/** The server need not keep what will not come to an end. */
export async function giveUp(job: Pick<Job, 'platform' | 'send'>, url: string): Promise<void> {
  const { signal } = new AbortController();
  await transfer({ ...job, signal }, { method: 'DELETE', url, headers: version }, partingMs).catch(() => {});
}

async function askOffset(job: Job, url: string): Promise<number | undefined> {
  const answer = await transfer(job, { method: 'HEAD', url, headers: version });
  checkLater(answer);
  // Whatever the refusal means, that of a new beginning has words for it.
  return answer.status < 300 ? offsetOf(answer) : undefined;
}

async function sendPiece({ file, pieceBytes, progress, ...job }: Job, url: string, from?: number): Promise<number> {
  const start = from ?? 0;
  const isFirst = from === undefined;
  const answer = await transfer(job, {
    method: isFirst ? 'POST' : 'PATCH',
    url,
    headers: {
      ...version,
      [isFirst ? 'upload-length' : 'upload-offset']: String(isFirst ? file.size : start),
      'content-type': 'application/offset+octet-stream',
    },
    body: file.slice(start, Math.min(start + pieceBytes, file.size)),
    progress: (loaded) => progress.sent(start + loaded),
  });
  if (conflicts.has(answer.status)) checkLater(answer);
  checkTaken(answer);
  const reached = offsetOf(answer);
  if (!isFirst && reached <= start) throw new FlooError('NETWORK', 'the server took nothing');
  return reached;
}

function offsetOf(answer: BytesAnswer): number {
  return Number(answer.header('upload-offset') ?? 0);
}
