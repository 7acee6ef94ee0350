import type { Device, UserNoticeName } from 'flooim';
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue';
import { im } from '../im.ts';
import { inOrder } from './device-look.ts';

const comingAndGoing: ReadonlySet<UserNoticeName> = new Set([
  'DEVICE_ADDED',
  'DEVICE_REMOVED',
  'DEVICE_LOGIN',
  'DEVICE_LOGOUT',
]);

/** The user's devices while a page shows them: they change as devices come and go. */
export function useDevices() {
  const known = shallowRef<Device[] | null>(null);
  const failed = shallowRef<unknown>(null);
  const ownSN = ref(im.userManage.getDeviceSN());
  /** Nothing until it is known which one is this: nobody shall sign himself out as one of the others. */
  const devices = computed(() => {
    const hasOwn = known.value?.some((one) => one.device_sn === ownSN.value);
    return known.value && hasOwn ? inOrder(known.value, ownSN.value) : null;
  });
  const others = computed(() => devices.value?.filter((one) => one.device_sn !== ownSN.value) ?? []);

  let lastAsked = 0;

  /** Devices come in bursts: an answer counts only if nothing was asked after it. */
  async function refresh(): Promise<void> {
    const asked = ++lastAsked;
    try {
      const answer = await im.userManage.asyncGetDevices();
      if (asked !== lastAsked) return;
      ownSN.value = im.userManage.getDeviceSN();
      known.value = answer;
      failed.value = null;
    } catch (error) {
      if (asked === lastAsked) failed.value = error;
    }
  }

  /** Rejects when one of them is still signed in; one that had left by itself is no failure. */
  async function signOut(leaving: readonly Device[]): Promise<void> {
    const results = await Promise.allSettled(
      leaving.map(({ device_sn }) => im.userManage.asyncRemoveDevice({ device_sn })),
    );
    const gone = leaving.filter((_, i) => results[i]?.status === 'fulfilled').map((one) => one.device_sn);
    known.value = known.value?.filter((one) => !gone.includes(one.device_sn)) ?? null;
    await refresh();
    const stays = (one: Device | undefined) => known.value?.some(({ device_sn }) => device_sn === one?.device_sn);
    const refusal = results.find((result, i) => result.status === 'rejected' && stays(leaving[i]));
    if (refusal?.status === 'rejected') throw refusal.reason;
  }

  onBeforeUnmount(
    im.on({
      flooNotice: (notice) => {
        if (notice.category === 'userNotice' && comingAndGoing.has(notice.desc)) void refresh();
      },
      // What happened while this device was away was told to nobody.
      connectionChange: (state) => {
        if (state.name === 'online') void refresh();
      },
    }),
  );
  // A device that was offline when another one removed it is told of to nobody, so whoever looks here again sees it anew.
  const seen = (): void => {
    if (document.visibilityState === 'visible') void refresh();
  };
  addEventListener('focus', seen);
  document.addEventListener('visibilitychange', seen);
  onBeforeUnmount(() => {
    removeEventListener('focus', seen);
    document.removeEventListener('visibilitychange', seen);
  });
  void refresh();

  return { devices, others, ownSN, failed, refresh, signOut };
}
