import type { Page } from 'playwright-core';

/**
 * Runs in a page before its own scripts. Headless Chromium has nowhere to show notifications, and loses some that it is asked
 * about while they come: here the tabs of a browser keep them where all of them look.
 */
export function keepNotices(): void {
  type Kept = Record<string, { title: string; options: NotificationOptions }>;
  const place = 'notices of the test';
  const read = (): Kept => JSON.parse(localStorage.getItem(place) ?? '{}');
  const write = (all: Kept): void => localStorage.setItem(place, JSON.stringify(all));
  const drop = (tag: string): void => write(Object.fromEntries(Object.entries(read()).filter(([one]) => one !== tag)));
  const { prototype } = ServiceWorkerRegistration;
  prototype.showNotification = async (title, options = {}) =>
    write({ ...read(), [options.tag ?? title]: { title, options } });
  prototype.getNotifications = async () =>
    Object.entries(read()).map(([tag, { title, options }]) => ({
      ...options,
      tag,
      title,
      close: () => drop(tag),
    })) as Notification[];
}

/** What is shown now, as title and words. */
export const notices = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const shown = (await registration?.getNotifications()) ?? [];
    return shown.map(({ title, body }) => `${title}: ${body}`).sort();
  });

/** Tabs that tell, of all that are open. */
export const tellers = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    return held.filter(({ name }) => name?.startsWith('flooim.notices.')).length;
  });

/** What happens when somebody clicks the one with these words; the address of the tab that is opened for it, if one is. */
export async function clickNotice(page: Page, body: string): Promise<string | null> {
  const [worker] = page.context().serviceWorkers();
  if (!worker) throw new Error('no service worker');
  const data: unknown = await page.evaluate(async (wanted) => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = (await registration?.getNotifications())?.find((one) => one.body === wanted);
    if (!found) throw new Error(`Nothing says ${wanted}.`);
    found.close();
    return found.data;
  }, body);
  return worker.evaluate(async (of) => {
    const { clients } = globalThis as unknown as { clients: { openWindow(url: string): Promise<unknown> } };
    let opened: string | null = null;
    // Only a hand's click may open a tab.
    clients.openWindow = async (url) => {
      opened = url;
    };
    const done: Promise<unknown>[] = [];
    const notification = { data: of, close: () => {} };
    const waitUntil = (work: Promise<unknown>) => done.push(work);
    globalThis.dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil }));
    await Promise.allSettled(done);
    return opened;
  }, data);
}
