import { onScopeDispose } from 'vue';
import { useGroups } from '../group/group-store.ts';
import { im } from '../im.ts';

/** How often "still typing" is said, and after what silence "no longer". */
const repeatMs = 4000;
const idleMs = 5000;

/** Tells the other user that this one types, sparingly. */
export function useTypingSignal(uid: () => number): { typed: (filled: boolean) => void; stop: () => void } {
  const { isGroup } = useGroups();
  let saidAt = 0;
  let saidTo = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function say(to: number, status: 'typing' | 'nothing'): void {
    // Offline, nobody could hear it; groups do not tell who types.
    if (im.connection.state.name === 'online' && !isGroup(to)) im.sysManage.sendInputStatusMessage(to, status);
  }

  function stop(): void {
    clearTimeout(idle);
    if (saidAt) say(saidTo, 'nothing');
    saidAt = 0;
  }

  function typed(filled: boolean): void {
    clearTimeout(idle);
    if (!filled) {
      stop();
      return;
    }
    idle = setTimeout(stop, idleMs);
    if (saidTo === uid() && Date.now() - saidAt < repeatMs) return;
    saidAt = Date.now();
    saidTo = uid();
    say(saidTo, 'typing');
  }

  onScopeDispose(stop);
  return { typed, stop };
}
