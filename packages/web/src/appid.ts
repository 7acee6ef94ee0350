const storageKey = 'flooim.appid';

/** The app (tenant) that the page belongs to. */
const ownAppid = (): string => document.querySelector<HTMLMetaElement>('meta[name=flooim-appid]')?.content ?? 'flooim';

function remembered(asked: string | null): string | null {
  try {
    if (asked) sessionStorage.setItem(storageKey, asked);
    return asked ?? sessionStorage.getItem(storageKey);
  } catch {
    // Storage is off: the address says it, or nothing does.
    return asked;
  }
}

/** The app to sign in to: `?appid=` in the address, remembered for this tab's session, else the page's own. */
export const appid = remembered(new URL(location.href).searchParams.get('appid')) ?? ownAppid();

/** What an address needs behind it to lead others to this very app. */
export const appidQuery = appid === ownAppid() ? '' : `?appid=${encodeURIComponent(appid)}`;
