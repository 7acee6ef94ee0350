import type { FlooimConfig } from './config.ts';
import { createFlooim } from './create-flooim.ts';
import type { Flooim } from './flooim-types.ts';
import { besideScript } from './platform/beside-script.ts';

/** The single-file build: `window.flooIM(config)`. What is loaded only when it is needed lies beside that file, as a module. */
export default function flooIM(config: FlooimConfig): Flooim {
  return createFlooim(config, () => import(besideScript('socketio-socket.js')));
}
