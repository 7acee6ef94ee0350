import { type Flooim, flooim } from 'flooim';
import { appid } from './appid.ts';
import { chooseSlot, rememberSlot, sessionName } from './session/account-slots.ts';

/** Which of the browser's accounts this tab belongs to: `?account=` in the address, then that for good. */
function chosenSlot(): number {
  const url = new URL(location.href);
  const asked = url.searchParams.get('account');
  if (asked !== null) {
    url.searchParams.delete('account');
    // Known by now, and remembered.
    url.searchParams.delete('appid');
    history.replaceState(history.state, '', url);
  }
  try {
    return chooseSlot(appid, { asked, tab: sessionStorage, browser: localStorage });
  } catch {
    return chooseSlot(appid, { asked });
  }
}

export const slot = chosenSlot();

/** New tabs begin with this account; this one stays with its own. */
export function keepSlot(next = slot): void {
  try {
    rememberSlot(appid, slot, { tab: sessionStorage });
    rememberSlot(appid, next, { browser: localStorage });
  } catch {
    // Without storage there is one account.
  }
}

function makeIm(of: number): Flooim {
  const name = sessionName(of);
  return flooim({
    appid,
    dnsServer: `${location.origin}/v2/app_dns`,
    autoLogin: true,
    ws: true,
    ...(name && { sessionName: name }),
  });
}

/** The SDK. Made here and nowhere else; everything the app knows and does goes through it. */
export const im = makeIm(slot);

/** Ends the session of another account of this browser. */
export async function signOutSlot(other: number, options: { forget: boolean }): Promise<void> {
  const ending = makeIm(other);
  try {
    await ending.ready;
    await ending.logout(options);
  } finally {
    await ending.dispose();
  }
}
