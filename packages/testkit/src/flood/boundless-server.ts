/** The real server without its bound on what waits for a session; it takes the same flags. */
import { createServer } from '@flooim/server';
import { readConfig } from '../../../server/src/config.ts';
import { Outbox } from '../../../server/src/delivery/outbox.ts';

Outbox.prototype.push = function (_peer, frame) {
  this.answer(frame);
  return true;
};

if (import.meta.main) await createServer(readConfig(process.argv.slice(2))).start();
