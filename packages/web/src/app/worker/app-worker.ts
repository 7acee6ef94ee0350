import { t } from '../../i18n/i18n.ts';
import { toast } from '../../ui/toasts.ts';

/** A tab that stays open for days asks now and then. */
const askAgainMs = 60 * 60_000;

/** The server's page names another entry script than this one's: it has a newer version of the app. */
async function isStale(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src^="/assets/"]');
  const own = script?.getAttribute('src');
  if (!own) return false;
  const answer = await fetch('/index.html', { cache: 'no-store' }).catch(() => undefined);
  return answer?.ok === true && !(await answer.text()).includes(own);
}

async function offerNewVersion(): Promise<void> {
  if (!(await isStale())) return;
  toast(t('app.newVersion'), 'done', { label: t('app.reload'), run: () => location.reload(), stays: true });
}

/**
 * Lets the app open without a network, from its next start on. A new version is used by the next page that opens; one that
 * is open is told.
 */
export async function startWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const hadWorker = navigator.serviceWorker.controller !== null;
  const registration = await navigator.serviceWorker
    .register('/sw.js', { updateViaCache: 'none' })
    .catch(() => undefined);
  // Refused, as on a page without https: the app works as it did.
  if (!registration) return;
  let first = !hadWorker;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!first) void offerNewVersion();
    first = false;
  });
  setInterval(() => void registration.update().catch(() => {}), askAgainMs);
}
