import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { MediaFacts } from './media.ts';
import type { MediaGreeting, MediaJob, VideoPrograms } from './media-job.ts';
import { mediaLimits } from './media-limits.ts';
import { loadPictures, type Pictures } from './pictures.ts';
import { Videos } from './videos.ts';

/** The process that looks at media: jobs come in one at a time, what came of them goes back; null for nothing. */
const programs = JSON.parse(process.argv[2] ?? 'null') as VideoPrograms | null;

process.on('disconnect', endAll);
giveWay();
const pictures = await loadPictures();
process.on('message', (job: MediaJob) => void answer(job));
say({ hasSharp: pictures !== undefined } satisfies MediaGreeting);

async function answer(job: MediaJob): Promise<void> {
  say(pictures ? await run(pictures, job).catch(() => null) : null);
}

function run(pictures: Pictures, job: MediaJob): Promise<MediaFacts | true | null> {
  return job.kind === 'look' ? look(pictures, job) : shrink(pictures, job);
}

async function look(pictures: Pictures, { path, format }: MediaJob): Promise<MediaFacts | null> {
  if (format.kind === 'picture') {
    const size = await pictures.size(path, format.loader);
    return { kind: 'picture', ...size, duration: 0, placeholder: await pictures.placeholder(path) };
  }
  if (!programs) return null;
  const videos = new Videos(programs);
  const facts = await videos.probe(path, format.demuxer);
  const frame = await videos.frame(path, format.demuxer, facts, mediaLimits.placeholderSide);
  return { kind: 'video', ...facts, placeholder: await pictures.framePlaceholder(frame) };
}

async function shrink(pictures: Pictures, job: MediaJob & { kind: 'shrink' }): Promise<true | null> {
  const { path, format, side, to } = job;
  if (format.kind === 'picture') {
    await pictures.shrink(path, format.loader, side, to);
    return true;
  }
  if (!programs) return null;
  const videos = new Videos(programs);
  const facts = await videos.probe(path, format.demuxer);
  await pictures.shrinkFrame(await videos.frame(path, format.demuxer, facts, side), side, to);
  return true;
}

function say(word: unknown): void {
  process.send?.(word);
}

/** The server goes first: with processor time, and when memory runs out. */
function giveWay(): void {
  try {
    setPriority(5);
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Elsewhere than on Linux there is no such file, and it goes without.
  }
}

/** Nobody waits any more. Node itself would wait for a picture that is being read, and leave ffmpeg behind. */
function endAll(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}
