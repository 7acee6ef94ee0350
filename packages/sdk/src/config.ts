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
  /** Ignored: there is a WebSocket under either `transport`. */
  ws?: boolean;
  /**
   * Additive: the server's door for everything that is not REST. `websocket` is `/xsync`; `socketio` is `/socket.io/`, for
   * where only that one is open, such as behind a proxy that was set up for older clients. Its code is a file of its own that is
   * loaded when it is needed; where it cannot be, `flooError` says so and it is tried again. Default: `websocket`.
   */
  transport?: 'websocket' | 'socketio';
  /** Resume the session that was stored on this device. Default: false. */
  autoLogin?: boolean;
  /**
   * Additive: the name under which `autoLogin` keeps the session, so that one browser keeps several, each under its own.
   * Default: the app's only one.
   */
  sessionName?: string;
  /** Additive: where messages are kept. Default: `indexeddb` where there is one, else `memory`. */
  storage?: 'indexeddb' | 'memory';
  /** Additive: what the user sees in his list of devices, e.g. `Firefox on Linux`. Default: made from the runtime. */
  deviceName?: string;
  /** Additive: a WebSocket class, where the runtime has none (Node 20). */
  WebSocket?: PlatformOptions['WebSocket'];
  /** Additive: replaces what the SDK takes from the runtime, for tests and unusual ones. */
  platform?: PlatformOptions;
}
