import { FlooError } from '../errors.ts';
import type { FileUpload } from '../types.ts';
import { checkTaken, envelopeOf, type Job, silenceMs, transfer } from './transfer.ts';

/** A form's way through the network is not seen everywhere: so many bytes a second are slow, and fewer are none. */
const bytesPerSec = 16 * 1024;

/** Sends the file as deployed clients do; a cut ends it. */
export async function sendForm(job: Job, name: string, { upload_url, oss_body_param }: FileUpload): Promise<void> {
  const body = new FormData();
  for (const [field, value] of Object.entries(oss_body_param ?? {})) body.append(field, value);
  // Stores ignore what comes behind the file.
  body.append('file', job.file, name || 'file');
  const progress = (loaded: number) => job.progress.sent(loaded);
  const patienceMs = silenceMs + (job.file.size / bytesPerSec) * 1000;
  const answer = await transfer(job, { method: 'POST', url: upload_url, body, progress }, patienceMs);
  checkTaken(answer);
  const told = envelopeOf(answer);
  if (told?.data !== true && told?.Status !== 'OK') throw new FlooError('REJECTED', 'the server did not take the file');
}
