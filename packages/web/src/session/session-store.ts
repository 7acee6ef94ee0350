import type { UserNoticeName } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { keepChoice, keptChoice } from '../app/kept-choice.ts';
import type { TextKey } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { keptLines } from '../message/kept-lines.ts';
import { useAccounts } from './accounts-store.ts';
import { forgetUser } from './forget-user.ts';

/** What a person who was signed out against his will reads on the login page. */
const farewells: Partial<Record<UserNoticeName, TextKey>> = {
  PASSWORD_CHANGED: 'farewell.passwordChanged',
  FROZEN: 'farewell.frozen',
  REMOVED: 'farewell.removed',
  KICKED_BY_OTHER_DEVICE: 'farewell.kicked',
  DEVICE_REMOVED: 'farewell.deviceRemoved',
};

const nameKey = 'flooim.lastName';

export const useSession = defineStore('session', () => {
  const accounts = useAccounts();
  /** 0: signed out. */
  const uid = ref(0);
  const farewell = ref<TextKey | null>(null);
  const typedName = ref(keptChoice(nameKey) ?? '');
  const signedIn = computed(() => uid.value > 0);
  /** Whose session was here last. Whoever adds an account types a name of his own. */
  const lastName = computed(() => accounts.own?.username || (accounts.others.length > 0 ? '' : typedName.value));

  let reason: UserNoticeName | null = null;

  im.on({
    flooNotice: (notice) => {
      if (notice.category === 'userNotice' && farewells[notice.desc]) reason = notice.desc;
      if (notice.category !== 'action' || notice.desc !== 'relogin_manually') return;
      // A login page that is open shows its own error.
      if (signedIn.value) farewell.value = (reason && farewells[reason]) ?? 'farewell.expired';
      if (reason === 'REMOVED') removed();
      else accounts.ended(uid.value);
      uid.value = 0;
    },
    loginSuccess: () => {
      uid.value = im.userManage.getUid();
    },
  });

  /** Somebody was signed in when the app was left, and what this device has of him is being read. */
  const resuming = ref(accounts.own?.ended === false);

  async function start(): Promise<void> {
    uid.value = (await im.ready) ? im.userManage.getUid() : 0;
    resuming.value = false;
    if (uid.value) accounts.entered(uid.value, '');
    // The browser has lost the session: the list of accounts must not promise it.
    else if (accounts.own) accounts.ended(accounts.own.uid);
  }

  /** Resolves when it is known whether somebody is signed in; never waits for the network. */
  const started = start();

  /** A beginning: what ended before is no matter any more. */
  async function enter(signIn: () => Promise<void>, name: string): Promise<void> {
    farewell.value = reason = null;
    await signIn();
    uid.value = im.userManage.getUid();
    accounts.entered(uid.value, name);
    if (name) rememberName(name);
  }

  function rememberName(name: string): void {
    typedName.value = name;
    keepChoice(nameKey, name);
  }

  // Renamed, here or elsewhere.
  watch(
    () => accounts.own?.username,
    (now, before) => {
      if (now && before && typedName.value === before) rememberName(now);
    },
  );

  const login = (name: string, password: string): Promise<void> => enter(() => im.login({ name, password }), name);

  /** With what a confirmed code gave. */
  const loginByCode = (answer: { user_id: number; password: string }): Promise<void> =>
    enter(() => im.qrlogin(answer), '');

  async function register(username: string, password: string): Promise<void> {
    await im.rosterManage.asyncRegester({ username, password });
    await login(username, password);
  }

  /** What the app itself keeps of somebody who signed out, his name among it. */
  function forgetTraces(gone: { uid: number; username: string }): void {
    if (typedName.value === gone.username) rememberName('');
    try {
      forgetUser(gone.uid, localStorage);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
    void keptLines.forgetUser(gone.uid);
  }

  /** The account is no more: neither is what this device has of it. */
  function removed(): void {
    forgetTraces({ uid: uid.value, username: accounts.own?.username ?? typedName.value });
    accounts.left();
    void im.logout({ forget: true });
  }

  /** `forget`: nothing of the account stays on this device. */
  async function signOut({ forget } = { forget: false }): Promise<void> {
    const gone = { uid: uid.value, username: accounts.own?.username ?? typedName.value };
    await im.logout({ forget });
    accounts.left();
    if (forget) forgetTraces(gone);
    else rememberName(gone.username);
    farewell.value = reason = null;
    uid.value = 0;
  }

  return { uid, signedIn, resuming, started, farewell, lastName, login, loginByCode, register, signOut, forgetTraces };
});
