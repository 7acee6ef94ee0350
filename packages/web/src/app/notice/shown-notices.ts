export interface ShownNotice {
  /** A later one with the same tag takes its place. */
  tag: string;
  title: string;
  body: string;
  icon?: string;
  silent: boolean;
  vibrate: boolean;
  /** Where a click leads, and whose it is. */
  address: string;
}

/** Shown by the page itself, where no service worker runs; closed with it. */
const own = new Map<string, Notification>();

/** Also one that runs since after this page was loaded. */
async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return registration?.active ? registration : undefined;
}

/** `open` is called with the address when the page itself shows it; the service worker tells a tab by a message. */
export async function showNotice(notice: ShownNotice, open: (address: string) => void): Promise<void> {
  const { tag, title, body, icon = '/icons/icon-192.png', silent, address } = notice;
  const options = { tag, body, icon, silent, badge: '/icons/icon-192.png', data: { address }, renotify: true };
  const vibrate = notice.vibrate && !silent ? { vibrate: [90, 60, 90] } : {};
  const registration = await worker();
  if (registration) return registration.showNotification(title, { ...options, ...vibrate });
  const shown = new Notification(title, options);
  own.set(tag, shown);
  shown.onclick = () => {
    shown.close();
    focus();
    open(address);
  };
}

export const closeNotice = (tag: string): Promise<void> => close((shown) => shown === tag);

/** All whose tags begin so. */
export const closeNotices = (tags: string): Promise<void> => close((shown) => shown.startsWith(tags));

async function close(isMeant: (tag: string) => boolean): Promise<void> {
  for (const [tag, notice] of own) {
    if (!isMeant(tag)) continue;
    notice.close();
    own.delete(tag);
  }
  const shown = (await (await worker())?.getNotifications()) ?? [];
  for (const one of shown) if (isMeant(one.tag)) one.close();
}
