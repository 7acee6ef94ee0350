import { beforeAll, expect, test, vi } from 'vitest';
import { useLocale } from '../src/i18n/i18n.ts';
import { deviceIcon, deviceName, inOrder, platformName, presenceText } from '../src/user/device-look.ts';

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await useLocale('en');
});

const edge = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604';

test.each([
  ['Chrome on Linux', 6, 'Chrome on Linux'],
  [edge, 6, 'Edge on Windows'],
  [iphone, 6, 'Safari on iPhone'],
  ['Mozilla/5.0', 6, 'Unknown device'],
  ['', 2, 'Android'],
  ['  ', 0, 'Unknown device'],
  ['', 77, 'Unknown device'],
])('the agent “%s” of platform %i is called %s', (user_agent, platform, name) => {
  expect(deviceName({ user_agent, platform })).toBe(name);
});

test('a phone looks like a phone, also when a browser runs on it', () => {
  expect(deviceIcon({ user_agent: '', platform: 1 })).toBe('phone');
  expect(deviceIcon({ user_agent: 'Chrome on Android', platform: 6 })).toBe('phone');
  expect(deviceIcon({ user_agent: 'Chrome on macOS', platform: 6 })).toBe('system');
});

test('a platform that is not known has no name', () => {
  expect([platformName(3), platformName(6), platformName(0), platformName(99)]).toEqual(['Windows', 'Web', '', '']);
});

test('a device is online, or was last seen at some time', () => {
  const now = new Date(2026, 4, 6, 18).getTime();
  const seen_at = new Date(2026, 4, 6, 14, 3).getTime();
  expect(presenceText({ online: true, seen_at }, now)).toBe('Online');
  expect(presenceText({ online: false, seen_at }, now)).toBe('Last seen: 14:03');
});

test('this device comes first, then those that are here, then the last seen', () => {
  const device = (device_sn: number, online: boolean, seen_at: number) => ({
    device_sn,
    online,
    seen_at,
    platform: 6,
    user_agent: '',
    user_id: 1,
  });
  const devices = [device(1, false, 50), device(2, true, 10), device(3, false, 90), device(4, false, 20)];
  expect(inOrder(devices, 4).map((one) => one.device_sn)).toEqual([4, 2, 3, 1]);
  expect(inOrder(devices, 0).map((one) => one.device_sn)).toEqual([2, 3, 1, 4]);
});
