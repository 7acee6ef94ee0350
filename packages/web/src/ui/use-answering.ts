import { type Ref, ref } from 'vue';
import { errorText } from '../app/error-text.ts';
import { toast } from './toasts.ts';

/** Answers to requests that stand in a list, each under a key of its own. */
export function useAnswering() {
  /** What is being answered; empty: nothing. */
  const busyKey: Ref<string> = ref('');

  /** Says that it is done, in these words, or why it is not; false then. */
  async function answering(key: string, act: () => Promise<unknown>, done: string): Promise<boolean> {
    busyKey.value = key;
    try {
      await act();
      toast(done);
      return true;
    } catch (error) {
      toast(errorText(error), 'error');
      return false;
    } finally {
      busyKey.value = '';
    }
  }

  return { busyKey, answering };
}
