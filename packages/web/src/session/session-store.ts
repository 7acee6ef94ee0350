import type { UserNoticeName } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { TextKey } from '../i18n/i18n.ts';
import { im } from '../im.ts';

/** What a person who was signed out against his will reads on the login page. */
const farewells: Partial<Record<UserNoticeName, TextKey>> = {
  PASSWORD_CHANGED: 'farewell.passwordChanged',
  FROZEN: 'farewell.frozen',
  REMOVED: 'farewell.removed',
  KICKED_BY_OTHER_DEVICE: 'farewell.kicked',
  DEVICE_REMOVED: 'farewell.deviceRemoved',
};

const nameKey = 'flooim.lastName';

function readLastName(): string {
  try {
    return localStorage.getItem(nameKey) ?? '';
  } catch {
    return '';
  }
}

function keepLastName(name: string): void {
  try {
    localStorage.setItem(nameKey, name);
  } catch {
    // Without storage the name is typed again.
  }
}

export const useSession = defineStore('session', () => {
  /** 0: signed out. */
  const uid = ref(0);
  const farewell = ref<TextKey | null>(null);
  const lastName = ref(readLastName());
  const signedIn = computed(() => uid.value > 0);

  let reason: TextKey | null = null;

  im.on({
    flooNotice: (notice) => {
      if (notice.category === 'userNotice') reason = farewells[notice.desc] ?? reason;
      if (notice.category !== 'action' || notice.desc !== 'relogin_manually') return;
      // A login page that is open shows its own error.
      if (signedIn.value) farewell.value = reason ?? 'farewell.expired';
      uid.value = 0;
    },
    loginSuccess: () => {
      uid.value = im.userManage.getUid();
    },
  });

  /** Resolves when it is known whether somebody is signed in; never waits for the network. */
  async function start(): Promise<void> {
    uid.value = (await im.ready) ? im.userManage.getUid() : 0;
  }

  async function login(name: string, password: string): Promise<void> {
    farewell.value = reason = null;
    await im.login({ name, password });
    lastName.value = name;
    keepLastName(name);
    uid.value = im.userManage.getUid();
  }

  async function register(username: string, password: string): Promise<void> {
    await im.rosterManage.asyncRegester({ username, password });
    await login(username, password);
  }

  async function signOut(): Promise<void> {
    await im.logout();
    farewell.value = reason = null;
    uid.value = 0;
  }

  return { uid, signedIn, farewell, lastName, start, login, register, signOut };
});
