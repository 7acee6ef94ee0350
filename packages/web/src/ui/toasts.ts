import { shallowRef } from 'vue';

export interface ToastAction {
  label: string;
  run: () => void;
  /** Until it is used or closed; else for `actionMs`. */
  stays?: boolean;
}

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'error';
  action?: ToastAction;
}

const shownMs = { done: 3500, error: 7000 };
/** Beside the newest one. */
const mostOthers = 2;
/** How long an action is offered. */
export const actionMs = 6000;
let lastId = 0;

export const toasts = shallowRef<Toast[]>([]);

/** A short line at the bottom: what was done, or why it was not; `action`: what can still be done about it. */
export function toast(text: string, kind: Toast['kind'] = 'done', action?: ToastAction): void {
  const id = ++lastId;
  // The same words twice would only push the first away.
  const others = toasts.value.filter((other) => other.text !== text);
  const kept = others.filter((other, i) => other.action?.stays || i >= others.length - mostOthers);
  toasts.value = [...kept, { id, text, kind, action }];
  if (!action?.stays) setTimeout(() => dismissToast(id), action ? actionMs : shownMs[kind]);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id);
}

export function runToastAction({ id, action }: Toast): void {
  dismissToast(id);
  action?.run();
}
