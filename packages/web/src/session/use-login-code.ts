import { limits } from '@flooim/protocol';
import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import { im } from '../im.ts';
import { type LoginCodeState, showLoginCodes } from './login-code-flow.ts';
import { useSession } from './session-store.ts';

/** The code that this page shows while a component does. */
export function useLoginCode(entered: () => Promise<unknown>) {
  const session = useSession();
  const state = shallowRef<LoginCodeState>({ name: 'asking' });
  let end = new AbortController();

  function restart(): void {
    end.abort();
    end = new AbortController();
    const parts = {
      create: () => im.createLoginCode(),
      waitFor: im.waitForLoginCode,
      enter: async (answer: { user_id: number; password: string }) => {
        await session.loginByCode(answer);
        await entered();
      },
      lifeMs: limits.loginCodeTtlMs,
      show: (next: LoginCodeState) => (state.value = next),
    };
    void showLoginCodes(parts, end.signal);
  }

  const retryFailed = (): void => {
    if (state.value.name === 'failed') restart();
  };

  onMounted(() => {
    restart();
    addEventListener('online', retryFailed);
  });
  onBeforeUnmount(() => {
    end.abort();
    removeEventListener('online', retryFailed);
  });

  return { state, restart };
}
