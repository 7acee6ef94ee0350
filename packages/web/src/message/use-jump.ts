import type { Meta } from 'flooim';
import { nextTick, ref } from 'vue';
import { t } from '../i18n/i18n.ts';
import { toast } from '../ui/toasts.ts';
import { useMessages } from './message-store.ts';

/** History is asked for in pages of so many, and not for ever. */
const pageSize = 200;
const mostMessages = 10_000;

/** Leads to a message of the conversation, however far back; `reveal` shows one that is loaded. */
export function useJump(uid: number, reveal: (mid: string) => boolean) {
  const messages = useMessages();
  const busy = ref(false);
  let wanted: string | null = null;

  /** Mids grow: one that is newer than the oldest loaded and not there is nowhere. */
  function isPassed(mid: string, loaded: readonly Meta[]): boolean {
    const oldest = loaded.find(({ sending }) => sending === 'sent');
    return !!oldest && BigInt(oldest.id) <= BigInt(mid);
  }

  /** What to tell the user; null: it is there. */
  async function load(mid: string): Promise<Parameters<typeof t>[0] | null> {
    while (wanted === mid) {
      const { messages: loaded, older } = messages.chat(uid);
      if (loaded.some(({ id }) => id === mid)) return null;
      if (older === 'end' || isPassed(mid, loaded)) return 'act.quoteGone';
      if (loaded.length >= mostMessages) return 'act.quoteFar';
      if (!(await messages.loadOlder(uid, pageSize))) return 'act.quoteFailed';
    }
    return null;
  }

  async function jump(mid: string): Promise<void> {
    wanted = mid;
    busy.value = true;
    const problem = await load(mid);
    if (wanted !== mid) return;
    busy.value = false;
    if (problem) return toast(t(problem), 'error');
    await nextTick();
    reveal(mid);
  }

  function stop(): void {
    wanted = null;
    busy.value = false;
  }

  return { jump, stop, busy };
}
