import { expect, it } from 'vitest';
import { ServerError } from '../src/error.ts';
import { networkOf } from '../src/http/address.ts';
import { Passwords } from '../src/token/passwords.ts';

it('A storm of logins waits in a bounded queue; what does not fit is told that the server is busy', async () => {
  const passwords = new Passwords(Date.now);
  const hashes = Array.from({ length: 230 }, () =>
    passwords.hash('flooim', 'correct-horse-1').catch((error: unknown) => error),
  );
  const refused = (await Promise.all(hashes)).filter((result) => result instanceof ServerError);
  expect(refused.map(({ reason }) => reason)).toEqual(Array(230 - 202).fill('busy'));
  expect(await passwords.hash('flooim', 'correct-horse-1')).toMatch(/^\$argon2id\$/);
}, 30_000);

it('Who waits longest in one app, or for its services, keeps nobody waiting elsewhere', async () => {
  const passwords = new Passwords(Date.now);
  const settled: string[] = [];
  const hash = (who: string, ...[appId, by]: [string, ('person' | 'service')?]) =>
    passwords.hash(appId, 'correct-horse-1', by).then(
      () => settled.push(who),
      () => settled.push(`${who} is refused`),
    );
  const services = Array.from({ length: 230 }, () => hash('service', 'busy-app', 'service'));
  const others = [hash('person', 'busy-app'), hash('elsewhere', 'other-app')];
  await Promise.all(others);
  expect(settled).toContain('person');
  expect(settled).toContain('elsewhere');
  expect(settled.filter((who) => who === 'service').length).toBeLessThan(8);
  await Promise.all(services);
}, 30_000);

it('Many right passwords for one account at once are no failures', async () => {
  const passwords = new Passwords(() => 0);
  const kept = await passwords.hash('flooim', 'x');
  const attempt = { appId: 'flooim', from: '192.0.2.1' };
  const checks = Array.from({ length: 30 }, () => passwords.check({ ...attempt, account: 'alice' }, kept, 'x'));
  expect(await Promise.all(checks)).toEqual(Array(30).fill(true));
});

it('Wrong passwords from many places for one account are bounded in all, and others are not touched', async () => {
  const passwords = new Passwords(() => 0);
  const kept = await passwords.hash('flooim', 'x');
  const guess = (account: string, from: string, password = 'y') =>
    passwords.check({ appId: 'flooim', account, from }, kept, password).catch(({ reason }: ServerError) => reason);
  for (let place = 0; place < 10; place++) {
    for (let i = 0; i < 10; i++) expect(await guess('alice', `192.0.2.${place}`)).toBe(false);
    expect(await guess('alice', `192.0.2.${place}`)).toBe('tooManyAttempts');
  }
  expect(await guess('alice', '192.0.2.99', 'x')).toBe('tooManyAttempts');
  expect(await guess('bob', '192.0.2.1', 'x')).toBe(true);
}, 30_000);

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('Attempts from %s count for %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
