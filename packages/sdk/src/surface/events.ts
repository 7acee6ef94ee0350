import { checkFilled, checkFunction, checkObject } from '../check.ts';
import type { Emitter } from '../event/emitter.ts';
import type { FlooEventName, FlooListener, FlooListeners } from '../event/event-map.ts';
import type { Flooim } from '../flooim-types.ts';

type AnyListener = FlooListener<FlooEventName>;

/** `on` and `off` in both documented forms. */
export function createEvents(emitter: Emitter): Pick<Flooim, 'on' | 'off'> {
  const on = (options: string | FlooListeners, listener?: AnyListener) => {
    if (typeof options !== 'string') return emitter.onAll(checkListeners(options));
    return emitter.on(checkFilled(options, 'options') as FlooEventName, checkFunction(listener, 'ext') as AnyListener);
  };
  const off = (options: string | FlooListeners, listener?: AnyListener) => {
    if (typeof options !== 'string') return emitter.offAll(checkListeners(options));
    if (listener !== undefined) checkFunction(listener, 'ext');
    return emitter.off(checkFilled(options, 'options') as FlooEventName, listener);
  };
  return { on, off } as Pick<Flooim, 'on' | 'off'>;
}

function checkListeners(listeners: FlooListeners): FlooListeners {
  checkObject(listeners, 'options');
  for (const [event, listener] of Object.entries(listeners)) checkFunction(listener, `options.${event}`);
  return listeners;
}
