import type { ConnectionState } from 'flooim';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { im } from '../im.ts';

/** A short interruption is nobody's business. */
const patienceMs = 1200;

/** What the banner says: nothing, that it connects, or how long until the next try. */
export type BannerState = 'none' | 'connecting' | 'waiting' | 'offline' | 'kicked';

export const useConnection = defineStore('connection', () => {
  const state = shallowRef<ConnectionState>(im.connection.state);
  const networkUp = ref(navigator.onLine);
  const now = ref(Date.now());
  const patienceOver = ref(false);

  im.on('connectionChange', (next) => {
    state.value = next;
  });
  addEventListener('online', () => (networkUp.value = true));
  addEventListener('offline', () => (networkUp.value = false));

  const connected = computed(() => state.value.name === 'online');

  let patience: ReturnType<typeof setTimeout> | undefined;
  watch(
    connected,
    (up) => {
      clearTimeout(patience);
      patienceOver.value = false;
      if (!up) patience = setTimeout(() => (patienceOver.value = true), patienceMs);
    },
    { immediate: true },
  );

  let ticking: ReturnType<typeof setInterval> | undefined;
  watch(
    () => state.value.name === 'waiting',
    (waiting) => {
      clearInterval(ticking);
      now.value = Date.now();
      if (waiting) ticking = setInterval(() => (now.value = Date.now()), 500);
    },
    { immediate: true },
  );

  const secondsLeft = computed(() =>
    state.value.name === 'waiting' ? Math.max(0, Math.ceil((state.value.until - now.value) / 1000)) : 0,
  );

  const banner = computed<BannerState>(() => {
    if (state.value.name === 'kicked') return 'kicked';
    if (!networkUp.value) return 'offline';
    if (connected.value || !patienceOver.value) return 'none';
    return state.value.name === 'waiting' && secondsLeft.value > 0 ? 'waiting' : 'connecting';
  });

  return { state, connected, banner, secondsLeft, retry: () => im.connection.reconnectNow() };
});
