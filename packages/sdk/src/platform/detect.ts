import { browserPlatform } from './browser.ts';
import { nodePlatform } from './node.ts';
import type { Platform, PlatformOptions } from './platform.ts';

/** The runtime's platform, with what the application replaces. */
export function detectPlatform(options: PlatformOptions = {}): Platform {
  // Pages and workers have `self`; Node has not.
  const base = typeof self === 'undefined' ? nodePlatform() : browserPlatform();
  return { ...base, ...options };
}
