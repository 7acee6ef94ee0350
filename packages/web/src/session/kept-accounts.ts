import { maxAccounts } from './account-slots.ts';

/** An account of this browser: who it is, for the list of them. What lets it in is kept by the SDK, not here. */
export interface KeptAccount {
  slot: number;
  uid: number;
  username: string;
  /** As others see it; what `avatar` of a profile is. */
  name: string;
  avatar: string;
  /** Its session has ended: the next visit asks for the password. */
  ended: boolean;
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isAccount(value: Partial<KeptAccount> | null): value is KeptAccount {
  const { slot = -1, uid = 0, username, name, avatar, ended } = value ?? {};
  const hasPlace = Number.isInteger(slot) && slot >= 0 && slot < maxAccounts && Number.isInteger(uid) && uid > 0;
  return hasPlace && isText(username) && isText(name) && isText(avatar) && typeof ended === 'boolean';
}

/** What is kept, in the order of the slots; what makes no sense is left out. */
export function readAccounts(json: string | null): KeptAccount[] {
  try {
    const known: unknown = JSON.parse(json ?? '[]');
    if (!Array.isArray(known)) return [];
    const bySlot = new Map(known.filter(isAccount).map((one) => [one.slot, one]));
    return [...bySlot.values()].sort((a, b) => a.slot - b.slot);
  } catch {
    return [];
  }
}

export function withAccount(list: readonly KeptAccount[], account: KeptAccount): KeptAccount[] {
  return [...withoutSlot(list, account.slot), account].sort((a, b) => a.slot - b.slot);
}

export function withoutSlot(list: readonly KeptAccount[], slot: number): KeptAccount[] {
  return list.filter((one) => one.slot !== slot);
}

/** Where one more account goes; null when the browser has as many as it may. */
export function freeSlot(list: readonly KeptAccount[]): number | null {
  const taken = new Set(list.map((one) => one.slot));
  const free = Array.from({ length: maxAccounts }, (_, slot) => slot).find((slot) => !taken.has(slot));
  return free ?? null;
}

/** The same account in another slot: it was signed in to twice. */
export function twinOf(list: readonly KeptAccount[], { slot, uid }: Pick<KeptAccount, 'slot' | 'uid'>) {
  return list.find((one) => one.uid === uid && one.slot !== slot);
}
