import { flooim } from 'flooim';

const storageKey = 'flooim.appid';

/** The app (tenant) to sign in to: `?appid=` in the address, remembered in this browser, else the page's own. */
function chosenAppid(): string {
  const asked = new URL(location.href).searchParams.get('appid');
  if (asked) localStorage.setItem(storageKey, asked);
  const own = document.querySelector<HTMLMetaElement>('meta[name=flooim-appid]')?.content;
  return asked ?? localStorage.getItem(storageKey) ?? own ?? 'flooim';
}

/** The SDK. Made here and nowhere else; everything the app knows and does goes through it. */
export const im = flooim({
  appid: chosenAppid(),
  dnsServer: `${location.origin}/v2/app_dns`,
  autoLogin: true,
  ws: true,
});
