import { shallowReactive, watch } from 'vue';
import { useConnection } from '../app/connection-store.ts';

/**
 * Something from the server: here, on its way, or not to be had. What is here stays while it is asked for again; what did not
 * come is asked for once more when the connection is back.
 */
export interface Loaded<T> {
  value: T | null;
  failure: unknown;
  load(): Promise<void>;
}

export function useLoaded<T>(ask: () => Promise<T>): Loaded<T> {
  let asked = 0;
  const part: Loaded<T> = shallowReactive({
    value: null,
    failure: null,
    async load() {
      const own = ++asked;
      part.failure = null;
      try {
        const value = await ask();
        // An older answer must not replace a newer one.
        if (own === asked) part.value = value;
      } catch (error) {
        if (own === asked) part.failure = error;
      }
    },
  });
  const connection = useConnection();
  watch(
    () => connection.connected,
    (up) => up && part.failure && void part.load(),
  );
  void part.load();
  return part;
}
