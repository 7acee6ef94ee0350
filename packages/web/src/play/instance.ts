import reference from 'virtual:sdk-reference';
import { type FlooEventName, type Flooim, flooim, type KeyValue, type SocketClass } from 'flooim';
import { ref, shallowRef } from 'vue';
import { note } from './log.ts';
import { TappedSocket, tappedFetch } from './taps.ts';

export interface InstanceConfig {
  appid: string;
  /** The server's origin. */
  server: string;
}

/** Like the SDK that this page tries: a new one after each `renew`. */
export const im = shallowRef<Flooim>() as { value: Flooim };
/** The signed-in user, or 0. */
export const uid = ref(0);
export const connection = ref('idle');

const listeners = Object.fromEntries(
  reference.events.map(({ name }) => [name, (detail: unknown) => note({ kind: 'event', title: name, detail })]),
) as Record<FlooEventName, (detail: unknown) => void>;

/** Listens to everything; once more costs nothing, and `off` may have ended it. */
export function listen(): void {
  im.value.on(listeners);
  im.value.on('connectionChange', lookAgain);
  lookAgain();
}

/** What the page shows of the instance comes from its getters. */
export function lookAgain(): void {
  uid.value = im.value.userManage.getUid();
  connection.value = im.value.connection.state.name;
}

/** As `localStorage`, of this page alone. */
function ownMemory(): KeyValue {
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  };
}

/** In memory alone, as a device of its own: the chat app in other tabs has its session and store for itself. */
export function renew({ appid, server }: InstanceConfig): void {
  const made = flooim({
    appid,
    dnsServer: `${server}/v2/app_dns`,
    storage: 'memory',
    deviceName: 'SDK playground',
    WebSocket: TappedSocket as SocketClass,
    platform: { fetch: tappedFetch, keyValue: ownMemory() },
  });
  void im.value?.dispose();
  im.value = made;
  listen();
  Object.assign(window, { im: made });
}
