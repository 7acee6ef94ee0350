import { shallowRef } from 'vue';

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'error';
}

const shownMs = { done: 3500, error: 7000 };
let lastId = 0;

export const toasts = shallowRef<Toast[]>([]);

/** A short line at the bottom: what was done, or why it was not. */
export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  const id = ++lastId;
  // The same words twice would only push the first away.
  toasts.value = [...toasts.value.filter((other) => other.text !== text).slice(-2), { id, text, kind }];
  setTimeout(() => dismissToast(id), shownMs[kind]);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((other) => other.id !== id);
}
