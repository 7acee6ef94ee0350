import { callRest } from '@flooim/testkit';
import { type FlooNotice, flooim } from 'flooim';
import { expect } from 'vitest';
import { password } from '../support.ts';
import { checkArguments, checkResult } from './documented.ts';
import type { Actor, Stage } from './stage.ts';
import { event, type Sees, shown, step } from './step.ts';

export const saying = (...texts: string[]) => texts.map((desc) => ({ category: 'loginMessage', desc }) as const);
/** The documented words of a login's steps. */
const begins = saying('getting token...');
const signsIn = [...begins, ...saying('token sucecc, getting roster lists..')];
export const connects = saying(
  'socket connecting...',
  'socket connect success...',
  'logining socket service...',
  'login socket success.....',
);
export const loginSees: Sees = {
  flooNotice: [...signsIn, ...connects],
  loginSuccess: {},
  // The groups that the user is in have been asked for.
  onGroupListUpdate: undefined,
};
const notice = (desc: string) => ({ category: 'userNotice', desc }) as never;

/** An instance, its listeners, and every way in and out. */
export async function loginSteps(stage: Stage): Promise<void> {
  await factory(stage);
  const phone = stage.actor('dave.phone');
  const account = { username: 'dave', password };
  await step(stage, phone, 'rosterManage.asyncRegester', [account], { gives: { auth_mode: 0, group_confirm: false } });
  await step(stage, phone, 'rosterManage.asyncRegester', [account], { refused: 10004 });
  await step(stage, phone, 'flooim.isLogin', [], { gives: false });
  await listening(stage, phone);
  const name = { name: 'dave', password };
  await step(stage, phone, 'flooim.login', [name], { sees: { 'dave.phone': loginSees } });
  await step(stage, phone, 'flooim.isLogin', [], { gives: true });
  await otherWaysIn(stage, phone);
}

async function factory(stage: Stage): Promise<void> {
  const config = { appid: 'flooim', ws: false, autoLogin: false, dnsServer: `${stage.server.url}/v2/app_dns` };
  expect.soft(checkArguments('flooim.flooim', [config])).toEqual([]);
  const im = flooim(config);
  expect.soft(await checkResult('flooim.flooim', im), 'flooim.flooim').toEqual([]);
  shown.methods.add('flooim.flooim');
  await im.dispose();
}

/** Both forms of `on` and `off`; what failed is told to those who listen, and to no one else. */
async function listening(stage: Stage, phone: Actor): Promise<void> {
  const heard: string[] = [];
  const listener = (res: unknown) => void heard.push(String(res));
  const refused = {
    'dave.phone': { flooNotice: begins, loginFail: (desc: string) => desc.includes('Operation rejected') },
  };
  const wrong = () => phone.im.login({ name: 'dave', password: 'wrong password 1' }).catch(() => {});
  await step(stage, phone, 'flooim.on', ['loginFail', listener] as never);
  await event(stage, 'a wrong password', wrong, refused);
  await step(stage, phone, 'flooim.off', ['loginFail', listener] as never);
  await event(stage, 'a wrong password that nobody listens for', wrong, refused);
  await step(stage, phone, 'flooim.on', [{ loginFail: listener }]);
  await event(stage, 'a wrong password once more', wrong, refused);
  await step(stage, phone, 'flooim.off', [{ loginFail: listener }]);
  await event(stage, 'and a last one', wrong, refused);
  expect.soft(heard.length, 'the listener').toBe(2);
}

async function otherWaysIn(stage: Stage, phone: Actor): Promise<void> {
  const uid = phone.im.userManage.getUid();
  const laptop = stage.actor('dave.laptop');
  const arrives = { flooNotice: [notice('DEVICE_ADDED'), notice('DEVICE_LOGIN')] };
  await step(stage, laptop, 'flooim.idLogin', [{ user_id: uid, password }], {
    sees: { 'dave.laptop': loginSees, 'dave.phone': arrives },
  });
  const tablet = stage.actor('dave.tablet');
  const { token } = await callRest(stage.server.url, 'tokenByName', { name: 'dave', password });
  await step(stage, tablet, 'flooim.tokenLogin', [{ user_id: uid, token }], {
    sees: { 'dave.tablet': loginSees, 'dave.phone dave.laptop': arrives },
  });
  await step(stage, tablet, 'flooim.logout', [], {
    sees: { 'dave.phone dave.laptop': { flooNotice: notice('DEVICE_LOGOUT') } },
  });
  await step(stage, tablet, 'flooim.isLogin', [], { gives: false });
  await codeSteps(stage, phone, tablet);
}

/** A device shows a code, another one that is signed in confirms it, and the first gets a password for one login. */
async function codeSteps(stage: Stage, phone: Actor, tablet: Actor): Promise<void> {
  const { code } = await tablet.im.createLoginCode();
  await event(stage, 'the phone confirms a code', () => phone.im.userManage.asyncConfirmLoginCode({ qr_code: code }));
  const opt = await tablet.im.waitForLoginCode(code);
  await step(stage, tablet, 'flooim.qrlogin', [opt], {
    sees: {
      'dave.tablet': loginSees,
      'dave.phone dave.laptop': { flooNotice: [notice('DEVICE_ADDED'), notice('DEVICE_LOGIN')] },
    },
  });
  await step(stage, tablet, 'flooim.qrlogin', [opt], { refused: 'LOGIN_REJECTED', sees: afterRefusal });
  await tokenSteps(stage);
}

const refusal: Sees = { flooNotice: begins, loginFail: (desc) => desc.includes('Operation rejected') };
/** A login that fails has ended the session before it. */
const afterRefusal = {
  'dave.tablet': refusal,
  'dave.phone dave.laptop': { flooNotice: notice('DEVICE_LOGOUT') },
};

/** A token that means nothing, one of somebody else, and one that others end. */
async function tokenSteps(stage: Stage): Promise<void> {
  const phone = stage.actors.find(({ name }) => name === 'dave.phone') as Actor;
  const user_id = phone.im.userManage.getUid();
  const visitor = stage.actor('visitor');
  const listFails = (res: FlooNotice) => String(res.desc).startsWith('get roster list failure:');
  await step(stage, visitor, 'flooim.tokenLogin', [{ user_id, token: 'nonsense' }], {
    refused: 'TOKEN_INVALID',
    sees: { visitor: { flooNotice: [...signsIn, listFails], loginFail: (desc) => desc.length > 0 } },
  });
  const { token } = await callRest(stage.server.url, 'tokenByName', { name: 'carol', password });
  const socketFails = saying(...connects.slice(0, 3).map(({ desc }) => desc), 'login socket failure ......');
  await step(stage, visitor, 'flooim.tokenLogin', [{ user_id, token }], {
    refused: 'TOKEN_INVALID',
    sees: {
      visitor: { flooNotice: [...signsIn, ...socketFails], loginFail: (desc) => desc.length > 0 },
    },
  });
  const revoke = () => callRest(stage.server.url, 'tokenRevoke', {}, { token: phone.im.userManage.getToken() });
  await event(stage, 'the token of the phone ends, and it knows the password', revoke, {
    'dave.phone': { flooNotice: [{ category: 'action', desc: 'relogin' }, ...connects] },
    'dave.laptop': { flooNotice: [notice('DEVICE_LOGOUT'), notice('DEVICE_LOGIN')] },
  });
}
