import type { Device } from 'flooim';
import { t } from '../i18n/i18n.ts';
import { shortTime } from '../i18n/time.ts';
import type { IconName } from '../ui/icons.ts';

const web = 6;
/** By the numbers of `Device.platform`; names of products are the same in every language. */
const systems = ['', 'iOS', 'Android', 'Windows', 'macOS', 'Linux'];

/** Browsers name each other in their headers: the first that fits is the right one. */
const browsers = { Edg: 'Edge', OPR: 'Opera', Firefox: 'Firefox', Chrome: 'Chrome', Safari: 'Safari' };
const agentSystems = {
  Android: 'Android',
  iPhone: 'iPhone',
  iPad: 'iPad',
  Windows: 'Windows',
  'Mac OS X': 'macOS',
  Linux: 'Linux',
};

function first(names: Record<string, string>, agent: string): string | undefined {
  return Object.entries(names).find(([sign]) => agent.includes(sign))?.[1];
}

/** What a person calls the device: the name it gave itself, a browser's header in plain words, or its system. */
export function deviceName({ user_agent, platform }: Pick<Device, 'user_agent' | 'platform'>): string {
  const agent = user_agent.trim();
  if (!agent.startsWith('Mozilla/')) return agent || platformName(platform) || t('device.unknown');
  const browser = first(browsers, agent);
  const system = first(agentSystems, agent);
  if (browser && system) return t('device.browserOn', { browser, system });
  return browser ?? system ?? t('device.unknown');
}

/** Empty where it is not known. */
export function platformName(platform: number): string {
  return platform === web ? t('device.web') : (systems[platform] ?? '');
}

export function deviceIcon({ user_agent, platform }: Pick<Device, 'user_agent' | 'platform'>): IconName {
  const isPhone = platform === 1 || platform === 2 || /Android|iPhone|iPad/.test(user_agent);
  return isPhone ? 'phone' : 'system';
}

export function presenceText({ online, seen_at }: Pick<Device, 'online' | 'seen_at'>, now = Date.now()): string {
  return online ? t('device.online') : t('device.seen', { when: shortTime(seen_at, now) });
}

/** This device, then those that are here, then the last seen. */
export function inOrder(devices: readonly Device[], ownSN: number): Device[] {
  const rank = (one: Device): number => (one.device_sn === ownSN ? 0 : one.online ? 1 : 2);
  return devices.toSorted((a, b) => rank(a) - rank(b) || b.seen_at - a.seen_at || a.device_sn - b.device_sn);
}
