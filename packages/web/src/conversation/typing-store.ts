import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { im } from '../im.ts';

/** Somebody who says nothing more has stopped, or his connection has. */
const believedMs = 8000;

export const useTyping = defineStore('typing', () => {
  const typing = shallowReactive(new Set<number>());
  const timers = new Map<number, ReturnType<typeof setTimeout>>();

  function stop(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    typing.delete(id);
  }

  function start(id: number): void {
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => stop(id), believedMs),
    );
    typing.add(id);
  }

  function statusOf(ext: string): unknown {
    try {
      return (JSON.parse(ext) as { input_status?: unknown }).input_status;
    } catch {
      return undefined;
    }
  }

  im.on({
    onInputStatusMessage: ({ from, ext }) => (statusOf(ext) === 'typing' ? start : stop)(Number(from)),
    onRosterMessage: (meta) => stop(Number(meta.from)),
  });

  return { typing };
});
