import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { appid } from '../appid.ts';
import { im, keepSlot, signOutSlot, slot } from '../im.ts';
import { useUser } from '../user/user-store.ts';
import { addressOf } from './account-slots.ts';
import { freeSlot, type KeptAccount, readAccounts, twinOf, withAccount, withoutSlot } from './kept-accounts.ts';

const storageKey = `flooim.accounts:${appid}`;

function stored(): KeptAccount[] {
  try {
    return readAccounts(localStorage.getItem(storageKey));
  } catch {
    return [];
  }
}

/** The accounts of this browser; the tab's own is one of them. Other tabs change them too. */
export const useAccounts = defineStore('accounts', () => {
  const user = useUser();
  const list = shallowRef(stored());

  const own = computed(() => list.value.find((one) => one.slot === slot));
  const others = computed(() => list.value.filter((one) => one.slot !== slot));
  const canAdd = computed(() => freeSlot(list.value) !== null);

  addEventListener('storage', ({ key }) => {
    if (key === storageKey || key === null) list.value = stored();
  });

  function change(next: (list: readonly KeptAccount[]) => KeptAccount[]): void {
    list.value = next(stored());
    try {
      localStorage.setItem(storageKey, JSON.stringify(list.value));
    } catch {
      // Without storage the list lasts as long as the page, and so does the session.
    }
  }

  /** Somebody is signed in here: known by his name until more of him is. */
  function entered(uid: number, username: string): void {
    keepSlot();
    const known = own.value?.uid === uid ? own.value : { name: username, avatar: '' };
    const account = { ...known, slot, uid, username: username || own.value?.username || '', ended: false };
    const twin = twinOf(stored(), account);
    change((kept) => withAccount(twin ? withoutSlot(kept, twin.slot) : kept, account));
    if (twin) void signOutSlot(twin.slot, { forget: false });
  }

  watch(
    () => user.profile,
    (profile) => {
      if (!profile || profile.user_id !== im.userManage.getUid()) return;
      const { user_id: uid, username, avatar = '' } = profile;
      change((kept) => withAccount(kept, { slot, uid, username, name: user.name, avatar, ended: false }));
    },
  );

  /** This tab's session has ended; its account stays in the list, to be signed in to again. Another tab may have put another one there. */
  function ended(uid: number): void {
    change((kept) => kept.map((one) => (one.slot === slot && one.uid === uid ? { ...one, ended: true } : one)));
  }

  /** This tab's account is none of this browser any more: new tabs begin with one that is. */
  function left(): void {
    change((kept) => withoutSlot(kept, slot));
    const next = others.value.find((one) => !one.ended);
    if (next) keepSlot(next.slot);
  }

  async function signOut(account: KeptAccount, options: { forget: boolean }): Promise<void> {
    await signOutSlot(account.slot, options);
    change((kept) => withoutSlot(kept, account.slot));
  }

  /** A new beginning with the other one: nothing of this account is left in the page. */
  const switchTo = (account: Pick<KeptAccount, 'slot'>): void => location.assign(addressOf('/', account.slot, appid));

  function add(): void {
    const free = freeSlot(stored());
    if (free !== null) location.assign(addressOf('/login', free, appid));
  }

  return { list, own, others, canAdd, entered, ended, left, signOut, switchTo, add };
});
