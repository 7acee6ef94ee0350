/**
 * One browser keeps the sessions of several accounts, each in a slot of its own. A tab belongs to one slot, also after a
 * reload; a new tab begins in the one that was used last.
 */
export const maxAccounts = 5;

const slotKey = (appid: string): string => `flooim.slot:${appid}`;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

function readSlot(text: string | null | undefined): number | null {
  const slot = text ? Number(text) : Number.NaN;
  return Number.isInteger(slot) && slot >= 0 && slot < maxAccounts ? slot : null;
}

export interface SlotPlaces {
  /** What the address asks for. */
  asked: string | null;
  /** Of this tab, and of the browser; absent where they are refused. */
  tab?: Store | undefined;
  browser?: Store | undefined;
}

export function chooseSlot(appid: string, { asked, tab, browser }: SlotPlaces): number {
  const key = slotKey(appid);
  const chosen = readSlot(asked);
  if (chosen !== null) tab?.setItem(key, String(chosen));
  return chosen ?? readSlot(tab?.getItem(key)) ?? readSlot(browser?.getItem(key)) ?? 0;
}

/** A tab stays here; a new one begins where the browser was last. */
export function rememberSlot(appid: string, slot: number, { tab, browser }: Omit<SlotPlaces, 'asked'>): void {
  tab?.setItem(slotKey(appid), String(slot));
  browser?.setItem(slotKey(appid), String(slot));
}

/** The name under which the SDK keeps the slot's session; the first one has the name that a browser with one account has. */
export const sessionName = (slot: number): string | undefined => (slot === 0 ? undefined : `account-${slot}`);

/** The address of a page as one account has it: a tab that opens it takes up that account with it. */
export const addressOf = (path: string, slot: number, appid: string): string =>
  `${path}?${new URLSearchParams({ appid, account: String(slot) })}`;

/** The page of such an address; null where it is another account's. */
export function ownPath(address: string, slot: number, appid: string): string | null {
  const [path = ''] = address.split('?');
  return address === addressOf(path, slot, appid) ? path : null;
}
