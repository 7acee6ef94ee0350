import { type Component, defineAsyncComponent } from 'vue';
import { t } from '../i18n/i18n.ts';
import { toast } from './toasts.ts';

/** Null once the first screen has settled. */
let waiting: (() => Promise<unknown>)[] | null = [];

const fetchQuietly = (load: () => Promise<unknown>): void => void load().catch(() => {});

/** The worker has the app's files; without one they come from the network or not at all. */
const isReachable = (): boolean => navigator.onLine || !!navigator.serviceWorker?.controller;

/**
 * Code that the first screen does without: fetched as soon as that has settled, or when somebody wants it before. While it
 * cannot come it is not asked for: a browser takes a file that failed once for missing until the page is loaded again.
 */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let come: Promise<T> | undefined;
  const get = async (): Promise<T> => {
    if (!come && !isReachable()) throw new Error('offline');
    come ??= load().catch((error: unknown) => {
      come = undefined;
      throw error;
    });
    return come;
  };
  if (waiting) waiting.push(get);
  else fetchQuietly(get);
  return get;
}

const nothing: Component = () => null;

/** As `later`, for a part of a page and what stands in its place until then. Who wants one that does not come is told so. */
export function laterPart<T extends Component>(load: () => Promise<{ default: T }>, meanwhile?: Component): T {
  return defineAsyncComponent<T>({
    loader: later(load),
    loadingComponent: meanwhile,
    // The next one that is shown asks again.
    errorComponent: nothing,
    delay: 0,
    onError: (_error, _retry, fail) => {
      toast(t('error.network'), 'error');
      fail();
    },
  });
}

/** The first screen has settled: what comes later comes now, so that it is there without a network too. */
export function fetchLater(): void {
  if (!isReachable()) return addEventListener('online', fetchLater, { once: true });
  for (const load of waiting ?? []) fetchQuietly(load);
  waiting = null;
}
