import type { Clock, WakeUps } from './platform.ts';

/** Waits; a signal or a wake-up ends it sooner. Whether it was a wake-up. */
export function pause(clock: Clock, ms: number, signals: readonly AbortSignal[], wakeUps?: WakeUps): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isAwake: boolean) => {
      clock.clearTimeout(timer);
      endWakeUps?.();
      for (const signal of signals) signal.removeEventListener('abort', ended);
      resolve(isAwake);
    };
    const ended = () => end(false);
    const timer = clock.setTimeout(ended, ms);
    const endWakeUps = wakeUps?.(() => end(true));
    for (const signal of signals) signal.addEventListener('abort', ended);
  });
}
