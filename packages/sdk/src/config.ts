import type { PlatformOptions } from './platform/platform.ts';

/** What `flooim()` takes. Only `appid` is always required. */
export interface FlooimConfig {
  /** The app (tenant) that the users belong to. */
  appid: string;
  /**
   * Where the server tells its addresses: the full URL, ending in `/v2/app_dns`. Default: that path on the page's own
   * origin; required where there is no page.
   */
  dnsServer?: string;
  /** Ignored: the realtime door is always a WebSocket. */
  ws?: boolean;
  /** Resume the session that was stored on this device. Default: false. */
  autoLogin?: boolean;
  /** Additive: where messages are kept. Default: `indexeddb` where there is one, else `memory`. */
  storage?: 'indexeddb' | 'memory';
  /** Additive: what the user sees in his list of devices, e.g. `Firefox on Linux`. Default: made from the runtime. */
  deviceName?: string;
  /** Additive: a WebSocket class, where the runtime has none (Node 20). */
  WebSocket?: PlatformOptions['WebSocket'];
  /** Additive: replaces what the SDK takes from the runtime, for tests and unusual ones. */
  platform?: PlatformOptions;
}
