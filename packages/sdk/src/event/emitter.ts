import type { FlooEventMap, FlooEventName, FlooListener, FlooListeners, Unsubscribe } from './event-map.ts';

type AnyListener = (res: never) => void;

/** Calls listeners in the order they were added. One that throws is reported as `flooError` and stops nobody else. */
export class Emitter {
  readonly #listeners = new Map<FlooEventName, Set<AnyListener>>();

  on<E extends FlooEventName>(event: E, listener: FlooListener<E>): Unsubscribe {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener as AnyListener));
    return () => this.off(event, listener);
  }

  off<E extends FlooEventName>(event: E, listener?: FlooListener<E>): void {
    if (listener) this.#listeners.get(event)?.delete(listener as AnyListener);
    else this.#listeners.delete(event);
  }

  onAll(listeners: FlooListeners): Unsubscribe {
    for (const [event, listener] of pairs(listeners)) this.on(event, listener);
    return () => this.offAll(listeners);
  }

  offAll(listeners: FlooListeners): void {
    for (const [event, listener] of pairs(listeners)) this.off(event, listener);
  }

  emit<E extends FlooEventName>(event: E, payload: FlooEventMap[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) this.call(event, listener, payload);
  }

  /** Calls a function of the application. One that throws is reported by `name`, and stops nothing. */
  call(name: string, run: AnyListener, payload: unknown): void {
    try {
      run(payload as never);
    } catch (error) {
      this.#report(name, error);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }

  #report(name: string, error: unknown): void {
    // A listener of flooError that throws has nobody left to tell.
    if (name === 'flooError') return;
    this.emit('flooError', { category: 'LISTENER', desc: `${name}: ${String(error)}` });
  }
}

function pairs(listeners: FlooListeners): [FlooEventName, FlooListener<FlooEventName>][] {
  return Object.entries(listeners) as [FlooEventName, FlooListener<FlooEventName>][];
}
