import { callRest } from '@flooim/testkit';
import { flooim } from 'flooim';
import { expect } from 'vitest';
import { password } from '../support.ts';
import { checkArguments, checkResult } from './documented.ts';
import type { Actor, Stage } from './stage.ts';
import { event, type Sees, shown, step } from './step.ts';

const saying = (...texts: string[]) => texts.map((desc) => ({ category: 'loginMessage', desc }) as const);
/** The documented words of a login's steps. */
const begins = saying('getting token...');
const signsIn = [...begins, ...saying('token sucecc, getting roster lists..')];
const connects = saying(
  'socket connecting...',
  'socket connect success...',
  'logining socket service...',
  'login socket success.....',
);
export const loginSees: Sees = { flooNotice: [...signsIn, ...connects], loginSuccess: {} };
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
  await step(stage, phone, 'flooim.on', ['loginFail', listener as never]);
  await event(stage, 'a wrong password', wrong, refused);
  await step(stage, phone, 'flooim.off', ['loginFail', listener as never]);
  await event(stage, 'a wrong password that nobody listens for', wrong, refused);
  await step(stage, phone, 'flooim.on', [{ loginFail: listener }] as never);
  await event(stage, 'a wrong password once more', wrong, refused);
  await step(stage, phone, 'flooim.off', [{ loginFail: listener }] as never);
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
}
