import { limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addApp,
  ask,
  changeDatabase,
  join,
  type People,
  password,
  standingClock,
  startPeople,
} from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const show = async (appId = 'flooim') => (await ask(people.url, 'loginCode', {}, { appId })).data;
const confirm = (qr_code: string, by = people.alice, asking = {}) =>
  people.as(by, 'loginCodeConfirm', { qr_code }, asking);
const poll = (qr_code: string, asking = {}) => ask(people.url, 'loginCodeAnswer', { qr_code }, asking);
const login = (user_id: number, pass: string) => ask(people.url, 'tokenById', { user_id, password: pass });
/** A password for alice, as the device gets it that shows the code. */
const granted = async (): Promise<string> => {
  const { qr_code } = await show();
  expect((await confirm(qr_code)).code).toBe(200);
  return (await poll(qr_code)).data.password;
};

describe('a login code', () => {
  it('is random, says until when it works, and has a URL that a scanner opens', async () => {
    const [code, other] = [await show(), await show()];
    expect(code.qr_code).toMatch(/^[\w-]{43}$/);
    expect(code.qr_code).not.toBe(other.qr_code);
    expect(code.qrcode_id).toBe(code.qr_code);
    expect(code.expired).toBe(clock() + limits.loginCodeTtlMs);
    expect(code.url).toBe(`${people.url}/#/login-code/${code.qr_code}`);
  });

  it('gives nothing until a signed-in user confirms it, then once what to log in with', async () => {
    const { alice } = people;
    const { qr_code } = await show();
    expect(await poll(qr_code)).toMatchObject({ code: 200, data: {} });
    expect(await confirm(qr_code)).toMatchObject({ code: 200, data: true });
    const { data } = await poll(qr_code);
    expect(data).toEqual({ user_id: alice.uid, username: 'alice', password: expect.stringMatching(/^p[\w-]{43}$/) });
    expect((await poll(qr_code)).code).toBe(10002);
    expect((await confirm(qr_code)).code).toBe(10002);
    expect((await login(alice.uid, data.password)).data.user_id).toBe(alice.uid);
  });

  it('gives it to one of many who ask at the same time', async () => {
    const { qr_code } = await show();
    await confirm(qr_code);
    const answers = await Promise.all(Array.from({ length: 8 }, () => poll(qr_code)));
    expect(answers.map(({ code }) => code).sort((a, b) => a - b)).toEqual([200, ...Array(7).fill(10002)]);
  });

  it('needs a token to confirm it, and the first who does it decides', async () => {
    const { qr_code } = await show();
    expect((await ask(people.url, 'loginCodeConfirm', { qr_code })).code).toBe(10003);
    await confirm(qr_code);
    expect((await confirm(qr_code)).code).toBe(200);
    expect((await confirm(qr_code, people.bob)).code).toBe(10002);
    expect((await poll(qr_code)).data.user_id).toBe(people.alice.uid);
  });

  it('ends after two minutes, confirmed or not', async () => {
    const [waiting, confirmed] = [await show(), await show()];
    await confirm(confirmed.qr_code);
    clock.advance(limits.loginCodeTtlMs - 1);
    expect((await poll(waiting.qr_code)).data).toEqual({});
    clock.advance(1);
    for (const { qr_code } of [waiting, confirmed]) {
      expect((await poll(qr_code)).message).toBe('the login code is not valid or has expired');
      expect((await confirm(qr_code)).code).toBe(10002);
    }
  });

  it('of another app, or that was never made, is none', async () => {
    await addApp(people.server, 'other');
    const dora = await join(people.url, 'dora', 'phone', 'other');
    const { qr_code } = await show();
    expect((await poll(qr_code, { appId: 'other' })).code).toBe(10002);
    expect((await confirm(qr_code, dora, { appId: 'other' })).code).toBe(10002);
    for (const made_up of ['x', 'A'.repeat(43), '__proto__', "' OR 1=1 --"]) {
      expect((await poll(made_up)).code).toBe(10002);
      expect((await confirm(made_up)).code).toBe(10002);
    }
    expect((await poll(qr_code)).data).toEqual({});
  });

  it('gives nothing when the token has ended by which it was confirmed', async () => {
    const { qr_code } = await show();
    await confirm(qr_code);
    await people.ok(people.alice, 'tokenRevoke');
    expect((await poll(qr_code)).code).toBe(10002);
  });
});

describe('the password that it gives', () => {
  it('works once, by id or by name, for its user alone', async () => {
    const { alice, bob, url } = people;
    const first = await granted();
    expect((await login(bob.uid, first)).code).toBe(402);
    expect((await login(alice.uid, first)).code).toBe(200);
    expect((await login(alice.uid, first)).code).toBe(402);
    const second = await granted();
    const byName = () => ask(url, 'tokenByName', { name: 'Alice', password: second, device_guid: 'tablet' });
    expect((await byName()).data.user_id).toBe(alice.uid);
    expect((await byName()).code).toBe(402);
  });

  it('lets one of many logins at the same time in', async () => {
    const pass = await granted();
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(people.alice.uid, pass)));
    expect(answers.filter(({ code }) => code === 200)).toHaveLength(1);
  });

  it('leaves the user’s own as it is', async () => {
    await login(people.alice.uid, await granted());
    expect((await login(people.alice.uid, password)).code).toBe(200);
  });

  it('is no password for anything else', async () => {
    const { alice } = people;
    const pass = await granted();
    const change = { old_password: pass, new_password: 'another-horse-2' };
    expect((await people.as(alice, 'userChangePassword', change)).code).toBe(11001);
    expect((await people.as(alice, 'userDelete', { password: pass })).code).toBe(11001);
    expect((await login(alice.uid, pass)).code).toBe(200);
  });

  it('ends after two minutes', async () => {
    const pass = await granted();
    clock.advance(limits.loginCodeTtlMs);
    expect((await login(people.alice.uid, pass)).code).toBe(402);
  });

  it('that an administrator granted ends with his token too', async () => {
    const { alice, url, server } = people;
    const token = await server.context.adminTokens.create('flooim');
    const grant = async () => {
      const { qr_code } = await show();
      const by = { token, headers: { user_id: String(alice.uid) } };
      expect((await ask(url, 'loginCodeConfirm', { qr_code }, by)).code).toBe(200);
      return (await poll(qr_code)).data.password;
    };
    expect((await login(alice.uid, await grant())).code).toBe(200);
    const pass = await grant();
    await server.context.adminTokens.endAll('flooim');
    expect((await login(alice.uid, pass)).code).toBe(402);
  });

  it('ends with the token that granted it: when its device is kicked, and when the password changes elsewhere', async () => {
    const { alice, url } = people;
    const other = (await ask(url, 'tokenByName', { name: 'alice', password, device_guid: 'laptop' })).data.token;
    const pass = await granted();
    const change = { old_password: password, new_password: 'another-horse-2' };
    expect((await ask(url, 'userChangePassword', change, { token: other })).code).toBe(200);
    expect((await login(alice.uid, pass)).code).toBe(402);
    await people.ok({ ...alice, token: other }, 'loginCodeConfirm', { qr_code: (await show()).qr_code });
    const { qr_code } = await show();
    await confirm(qr_code, { ...alice, token: other });
    const { data } = await poll(qr_code);
    await ask(url, 'deviceKick', {}, { token: other });
    expect((await login(alice.uid, data.password)).code).toBe(402);
  });

  it('does not let a disabled user in', async () => {
    const pass = await granted();
    changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${people.alice.uid}`);
    expect((await login(people.alice.uid, pass)).code).not.toBe(200);
  });

  it('works while somebody locks the account by guessing, and guesses change nothing for it', async () => {
    const pass = await granted();
    for (let i = 0; i < 12; i++) await login(people.alice.uid, `p${'A'.repeat(43)}`);
    expect((await login(people.alice.uid, password)).code).toBe(10028);
    expect((await login(people.alice.uid, pass)).code).toBe(200);
  });

  it('is kept nowhere as it is', async () => {
    const pass = await granted();
    const { reader } = people.server.context;
    const rows = [...reader.all('SELECT * FROM user'), ...reader.all('SELECT * FROM token')];
    expect(JSON.stringify(rows)).not.toContain(pass);
  });
});

describe('asking for codes', () => {
  it('is limited for each address, and polling once a second is not', async () => {
    const strict = await startPeople({ loginsPerMin: 10 }, { clock });
    try {
      // Six registrations and logins have been made.
      const codes: number[] = [];
      for (let i = 0; i < 6; i++) codes.push((await ask(strict.url, 'loginCode', {})).code);
      expect(codes).toEqual([200, 200, 200, 200, 10028, 10028]);
      clock.advance(60_000);
      const { qr_code } = (await ask(strict.url, 'loginCode', {})).data;
      for (let second = 0; second < 100; second++) {
        expect((await ask(strict.url, 'loginCodeAnswer', { qr_code })).code).toBe(200);
        clock.advance(1000);
      }
    } finally {
      await strict.close();
    }
  });

  it('is answered with the public URL where there is one', async () => {
    const behind = await startPeople({ publicUrl: 'https://im.example.org' }, { clock });
    const { url } = (await ask(behind.url, 'loginCode', {})).data;
    expect(url).toMatch(/^https:\/\/im\.example\.org\/#\/login-code\//);
    await behind.close();
  });
});
