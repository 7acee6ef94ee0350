import { onScopeDispose } from 'vue';

/** Holds a lock for as long as the scope lives: the one tab that has it tells for all; when it goes, another one does. */
export function useTeller(uid: number): () => boolean {
  let teller = false;
  const end = new AbortController();
  const over = new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()));
  const hold = async (): Promise<void> => {
    teller = !end.signal.aborted;
    await over;
    teller = false;
  };
  navigator.locks.request(`flooim.notices.${uid}`, { signal: end.signal }, hold).catch(() => {});
  onScopeDispose(() => end.abort());
  return () => teller;
}
