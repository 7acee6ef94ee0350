import { flooim } from 'flooim';

const storageKey = 'flooim.appid';

/** The app (tenant) to sign in to: `?appid=` in the address, remembered for this tab's session, else the page's own. */
function chosenAppid(): string {
  const asked = new URL(location.href).searchParams.get('appid');
  const own = document.querySelector<HTMLMetaElement>('meta[name=flooim-appid]')?.content;
  return remembered(asked) ?? own ?? 'flooim';
}

function remembered(asked: string | null): string | null {
  try {
    if (asked) sessionStorage.setItem(storageKey, asked);
    return asked ?? sessionStorage.getItem(storageKey);
  } catch {
    // Storage is off: the address says it, or nothing does.
    return asked;
  }
}

/** The SDK. Made here and nowhere else; everything the app knows and does goes through it. */
export const im = flooim({
  appid: chosenAppid(),
  dnsServer: `${location.origin}/v2/app_dns`,
  autoLogin: true,
  ws: true,
});
