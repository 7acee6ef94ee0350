import { parentPort, workerData } from 'node:worker_threads';
import { runBatch } from './store/batch.ts';
import { Database } from './store/database.ts';
import { type PackedJobs, unpackJobs } from './store/packed-jobs.ts';
import { writes } from './writes.ts';

/** The writer's own thread: lists of jobs come in, their outcomes go back. */
const port = parentPort;
if (!port) throw new Error('the writer runs in a thread of its own');
const db = new Database((workerData as { path: string }).path, 'write');

port.on('message', (message: PackedJobs | 'close') => {
  if (message !== 'close') {
    port.postMessage(runBatch(db, writes, unpackJobs(message)));
    return;
  }
  db.close();
  port.close();
});
