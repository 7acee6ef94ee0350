import { fullTime } from '../i18n/time.ts';

/** Says on what the pointer is when it was, in full: asked for hundreds of rows ahead, it is what a list waits for longest. */
export function tellTime(event: Event, ms: number): void {
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.title = fullTime(ms);
}
