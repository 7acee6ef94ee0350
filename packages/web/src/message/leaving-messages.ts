import type { Meta } from 'flooim';
import { shallowReactive } from 'vue';
import { runLater } from '../app/run-later.ts';
import { im } from '../im.ts';

/** Mids of what was deleted, be it that it can still be taken back: shown nowhere any more. */
const leaving = shallowReactive(new Set<string>());
/** Those of them that this device has no more. */
let gone: string[] = [];

im.on({ onMessageDeleted: ({ mid }) => leaving.has(mid) && gone.push(mid) });

/** To be called when the conversations were read again: before, they may still name as their last message what is gone. */
export function forgetGone(): void {
  for (const mid of gone) leaving.delete(mid);
  gone = [];
}

export const isLeaving = (mid: string): boolean => leaving.has(mid);

/** Without what is leaving; the very same list where nothing is. */
export const withoutLeaving = (messages: readonly Meta[]): readonly Meta[] =>
  leaving.size === 0 ? messages : messages.filter(({ id }) => !leaving.has(id));

/** Hides messages at once and deletes them with `remove` when `forMs` are over or the page is left. */
export function leaveSoon(
  mids: readonly string[],
  remove: (mid: string) => void,
  forMs: number,
): { takeBack: () => void } {
  const self = im.userManage.getUid();
  for (const mid of mids) leaving.add(mid);
  const { takeBack } = runLater(() => {
    // Somebody else may have signed in meanwhile.
    if (self === im.userManage.getUid()) for (const mid of mids) remove(mid);
  }, forMs);
  return {
    takeBack: () => {
      takeBack();
      for (const mid of mids) leaving.delete(mid);
    },
  };
}
