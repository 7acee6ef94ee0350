import type { Meta } from 'flooim';
import { shallowRef } from 'vue';

export interface AskedForward {
  /** The conversation that they are from. */
  uid: number;
  /** In their order. */
  messages: readonly Meta[];
  done: () => void;
}

/** What is to be forwarded, while the user says to whom. */
export const askedForward = shallowRef<AskedForward | null>(null);

/** `done` is called when it was sent, not when it was given up. */
export function askForward(uid: number, messages: readonly Meta[], done: () => void = () => {}): void {
  askedForward.value = { uid, messages, done };
}

export const loadForward = () => import('./ForwardDialog.vue');
