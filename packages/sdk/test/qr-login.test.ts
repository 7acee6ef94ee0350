import { expect, test } from 'vitest';
import { fakeWorld } from './fake-server.ts';
import { settle } from './fakes.ts';
import { town } from './people.ts';
import { open, password } from './support.ts';

const { person, config } = town();

test('a device that shows a code is let in by one that is signed in, once', async () => {
  const ada = await person('ada');
  const shown = open(config());
  const { code, url, expires } = await shown.im.createLoginCode();
  expect(url).toContain(code);
  expect(expires).toBeGreaterThan(Date.now());
  const waiting = shown.im.waitForLoginCode(code);
  expect(await ada.im.userManage.asyncConfirmLoginCode({ qr_code: code })).toBe(true);
  const key = await waiting;
  expect(key.user_id).toBe(ada.uid);
  await shown.im.qrlogin(key);
  expect([shown.im.isLogin(), shown.im.userManage.getUid()]).toEqual([true, ada.uid]);
  const second = open(config());
  await expect(second.im.qrlogin(key)).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
  await expect(second.im.waitForLoginCode(code)).rejects.toMatchObject({ code: 'REJECTED' });
});

test('a code that nobody made is refused, to show and to confirm', async () => {
  const ada = await person('ada');
  const { im } = open(config());
  await expect(im.waitForLoginCode('nonsense')).rejects.toMatchObject({ code: 'REJECTED' });
  await expect(im.waitForLoginCode('')).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field: 'code' });
  const confirmed = ada.im.userManage.asyncConfirmLoginCode({ qr_code: 'nonsense' });
  await expect(confirmed).rejects.toMatchObject({ code: 'REJECTED' });
  const signedOut = im.userManage.asyncConfirmLoginCode({ qr_code: 'x' });
  await expect(signedOut).rejects.toMatchObject({ code: 'NOT_LOGGED_IN' });
});

test('the waiting asks each second, later after an error, and ends with its signal or the instance', async () => {
  const world = fakeWorld();
  const asked = () => world.asked.filter((path) => path.endsWith('/app/qr_login')).length;
  world.answers['/app/qr_login'] = {};
  const stop = new AbortController();
  const stopped = world.im.waitForLoginCode('code', { signal: stop.signal });
  const ended = expect(stopped).rejects.toMatchObject({ code: 'CANCELED' });
  await settle();
  expect(asked()).toBe(1);
  await world.clock.advance(2000);
  expect(asked()).toBe(3);
  world.answers['/app/qr_login'] = () => {
    throw new TypeError('down');
  };
  await world.clock.advance(1000);
  const failed = asked();
  await world.clock.advance(2400);
  expect(asked()).toBe(failed);
  await world.clock.advance(100);
  expect(asked()).toBeGreaterThan(failed);
  stop.abort();
  await ended;
  world.answers['/app/qr_login'] = {};
  const disposed = world.im.waitForLoginCode('code');
  const over = expect(disposed).rejects.toMatchObject({ code: 'CANCELED' });
  await settle();
  await world.im.dispose();
  await over;
  expect(world.clock.pending).toBe(0);
  await expect(world.im.createLoginCode()).rejects.toMatchObject({ code: 'DISPOSED' });
});

test('a visitor gets an account whose name begins as he asked, and talks to whom he came for', async () => {
  const staff = await person('staff');
  const visitor = open(config());
  const account = await visitor.im.registerAnonymously({ username: 'guest_', password, cid: staff.uid });
  expect(account.username.startsWith('guest_')).toBe(true);
  const other = await visitor.im.registerAnonymously({ username: 'guest_', password });
  expect(other.username).not.toBe(account.username);
  expect(visitor.im.isLogin()).toBe(false);
  await visitor.im.idLogin({ user_id: account.user_id, password });
  await visitor.im.sysManage.asyncSendRosterMessage({ uid: staff.uid, content: 'hello' });
  expect(await staff.next('onRosterMessage')).toMatchObject({ from: String(account.user_id) });
  const refused = visitor.im.registerAnonymously({ username: '', password });
  await expect(refused).rejects.toMatchObject({ field: 'params.username' });
});
