import type { FlooimConfig } from './config.ts';
import { createFlooim } from './create-flooim.ts';
import type { Flooim } from './flooim-types.ts';

/**
 * Makes an instance; with `autoLogin` it resumes the stored session right after the current code has run. Throws
 * `INVALID_CONFIG` or `UNSUPPORTED`, with the field's name.
 */
export function flooim(config: FlooimConfig): Flooim {
  return createFlooim(config, () => import('./connection/socketio-socket.ts'));
}
