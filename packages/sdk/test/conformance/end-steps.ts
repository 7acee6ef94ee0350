import { callRest, RawClient, readDatabase } from '@flooim/testkit';
import { password } from '../support.ts';
import { connects, loginSees, saying } from './login-steps.ts';
import type { Actor, Person, Stage } from './stage.ts';
import { event, interlude, type Sees, step } from './step.ts';

const userNotice = (desc: string) => ({ category: 'userNotice', desc }) as never;
const manually = { category: 'action', desc: 'relogin_manually' } as const;
/** The session is over, and its user is told why. */
const ended = (desc: string): Sees => ({ flooNotice: [userNotice(desc), manually] });
const otherLeft: Sees = { flooNotice: userNotice('DEVICE_LOGOUT') };
const refusedAtTheDoor: Sees = { flooNotice: saying('getting token...'), loginFail: (desc) => desc.length > 0 };

/** Every way in which a session ends that its user did not end himself. */
export async function sessionEndSteps(stage: Stage): Promise<void> {
  const erin = await stage.person('erin');
  await interlude(stage);
  const { phone, laptop } = erin;
  await event(
    stage,
    'the laptop is kicked',
    async () => phone.im.userManage.asyncKickDevice({ device_sn: await numberOf(erin) }),
    {
      'erin.laptop': ended('KICKED_BY_OTHER_DEVICE'),
      'erin.phone': otherLeft,
    },
  );
  await again(stage, laptop);
  await event(
    stage,
    'the laptop is removed',
    async () => phone.im.userManage.asyncRemoveDevice({ device_sn: await numberOf(erin) }),
    {
      'erin.laptop': ended('DEVICE_REMOVED'),
      'erin.phone': otherLeft,
    },
  );
  await again(stage, laptop);
  await event(stage, 'another install has the name of the laptop', () => sameDevice(stage, erin), {
    // Its token is good: only its name is taken.
    'erin.laptop': { flooNotice: userNotice('KICK_BY_SAME_DEVICE') },
    'erin.phone': otherLeft,
  });
  await again(stage, laptop);
  const change = { old_password: password, new_password: 'another good 2' };
  await event(stage, 'the password changes', () => phone.im.userManage.asyncChangePassword(change), {
    'erin.laptop': ended('PASSWORD_CHANGED'),
    'erin.phone': otherLeft,
  });
  await frozenSteps(stage, erin);
}

async function frozenSteps(stage: Stage, { uid, phone }: Person): Promise<void> {
  const admin = await stage.server.context.adminTokens.create('flooim');
  const { url } = stage.server;
  const login = () => phone.im.login({ name: 'erin', password: 'another good 2' }).catch(() => {});
  await event(stage, 'erin is disabled', () => callRest(url, 'userDisable', { list: [uid] }, { token: admin }), {
    'erin.phone': ended('FROZEN'),
  });
  await event(stage, 'erin logs in though she is disabled', login, {
    'erin.phone': { ...refusedAtTheDoor, flooError: { category: 'USER_FROZEN' } },
  });
  await interlude(stage, () => callRest(url, 'userEnable', { list: [uid] }, { token: admin }));
  await event(stage, 'erin is enabled and logs in', login, { 'erin.phone': loginSees });
  const away = () => phone.im.userManage.asyncDeleteAccount({ password: 'another good 2' });
  await event(stage, 'erin deletes her account', away, { 'erin.phone': ended('REMOVED') });
  await step(stage, stage.alice.phone, 'rosterManage.asyncGetRosterInfo', [uid, true], { refused: 10021 });
}

async function again(stage: Stage, laptop: Actor): Promise<void> {
  await interlude(stage, () => laptop.im.login({ name: 'erin', password }));
}

/** The laptop's, as the server numbers it. */
async function numberOf({ phone }: Person): Promise<number> {
  const devices = await phone.im.userManage.asyncGetDevices();
  return devices.find((device) => device.online && device.user_agent === 'erin.laptop')?.device_sn ?? 0;
}

async function sameDevice({ server }: Stage, erin: Person): Promise<void> {
  const sn = await numberOf(erin);
  const row = readDatabase(server.data).devices.find(({ uid, deviceSN }) => uid === erin.uid && deviceSN === sn);
  const { token } = await callRest(server.url, 'tokenByName', { name: 'erin', password });
  const raw = await RawClient.login(server.url, { uid: erin.uid, token, guid: row?.guid ?? '' });
  raw.close();
  await raw.closed();
}

/** What keeps all users of an app out, and services that cannot be reached. */
export async function appSteps(stage: Stage): Promise<void> {
  const { server } = stage;
  const operator = { token: server.context.secrets.operatorToken };
  const app_id = 'second';
  await callRest(server.url, 'operatorAppCreate', { app_id }, operator);
  const set = (change: object) => callRest(server.url, 'operatorAppUpdate', { app_id, ...change }, operator);
  const grace = stage.actor('grace.phone', { appid: app_id });
  await grace.im.rosterManage.asyncRegester({ username: 'grace', password });
  const login = () => grace.im.login({ name: 'grace', password }).catch(() => {});
  await interlude(stage, login);

  await event(stage, 'the app moves', () => callRest(server.url, 'operatorAppMoved', { app_id }, operator), {
    'grace.phone': { flooNotice: [userNotice('CLUSTER_CHANGED'), ...connects] },
  });
  await event(stage, 'the app is frozen', () => set({ status: 'frozen' }), {
    'grace.phone': { flooNotice: manually, flooError: { category: 'APP_FROZEN' } },
  });
  await event(stage, 'grace logs in though the app is frozen', login, {
    'grace.phone': { ...refusedAtTheDoor, flooError: { category: 'APP_FROZEN' } },
  });
  await interlude(stage, () => set({ status: 'normal', user_limit: 1 }).then(login));
  await event(stage, 'the licence has no room for another', () => second(grace), {});
  await event(stage, 'the licence ends', () => set({ licence_expires_at: 1 }), {
    'grace.phone': { flooNotice: manually, flooError: { category: 'LICENSE' } },
  });
  await event(stage, 'grace logs in though the licence has ended', login, {
    'grace.phone': { ...refusedAtTheDoor, flooError: { category: 'LICENSE' } },
  });
  await unreachableSteps(stage);
}

async function second(grace: Actor): Promise<void> {
  await grace.im.rosterManage.asyncRegester({ username: 'heidi', password }).catch(() => {});
}

async function unreachableSteps(stage: Stage): Promise<void> {
  const dnsServer = 'http://127.0.0.1:9/v2/app_dns';
  const lost = stage.actor('ivan.phone', { dnsServer });
  const login = () => lost.im.login({ name: 'ivan', password }).catch(() => {});
  await event(stage, 'the DNS server cannot be reached', login, {
    'ivan.phone': { ...refusedAtTheDoor, flooError: { category: 'DNS_FAILED', desc: dnsServer } },
  });
}
