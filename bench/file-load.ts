/** In a thread of its own: moves files up and down until it is told to stop, so that who measures is not kept busy by it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { bareFiles, type FileUser, ourFiles } from './file-places.ts';

/** A user of our server, or the URL of the bare one; how large the files are. */
interface Load {
  at: FileUser | string;
  bytes: number;
}

/** Begins; what it gives stops it and tells how many bytes moved, each way together. */
export async function startLoad(load: Load): Promise<() => Promise<number>> {
  const worker = new Worker(new URL(import.meta.url), { workerData: load });
  await once(worker, 'message');
  return async () => {
    worker.postMessage('stop');
    const [moved] = (await once(worker, 'message')) as [number];
    await worker.terminate();
    return moved;
  };
}

async function move({ at, bytes }: Load): Promise<void> {
  const place = typeof at === 'string' ? bareFiles(at) : ourFiles(at);
  const file = randomBytes(bytes);
  const { way } = await place.byForm(file);
  let moved = 0;
  let isOver = false;
  parentPort?.once('message', () => {
    isOver = true;
  });
  parentPort?.postMessage('begun');
  const forever = async (act: () => Promise<unknown>) => {
    for (; !isOver; moved += bytes) await act();
  };
  await Promise.all([forever(() => place.byForm(file)), forever(() => place.fetch(way))]);
  parentPort?.postMessage(moved);
}

if (parentPort) await move(workerData as Load);
