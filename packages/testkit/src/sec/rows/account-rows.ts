import { RawClient } from '../../raw-client.ts';
import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';

const named = ({ caller, world }: Stage) => ({ password: world.password, device_guid: `of ${caller.uid}` });
/** Of the caller, which connected once. */
async function device({ caller, world }: Stage): Promise<number> {
  const client = await RawClient.login(world.url, { ...caller, guid: `phone of ${caller.uid}` });
  client.close();
  return client.deviceSN;
}

async function loginCode({ world, appId }: Stage): Promise<object> {
  const { qr_code } = await world.public('loginCode', {}, appId);
  return { qr_code: world.secrets.keep(qr_code) };
}

export const accountRows: readonly Row[] = [
  row('dns', ({ appId }) => ({ app_id: appId })),
  row('appConfig'),
  row('supportStaff'),

  row('tokenByName', (stage) => ({ name: stage.caller.username, ...named(stage) })),
  row('tokenById', (stage) => ({ user_id: stage.caller.uid, ...named(stage) })),
  row('tokenByLogin', (stage) => ({ login_name: stage.caller.username, ...named(stage) })),
  row('tokenRevoke'),
  row('loginCode'),
  row('loginCodeAnswer', loginCode),
  row('loginCodeConfirm', loginCode),

  row('userRegister', ({ world }) => ({ username: world.newName(), password: world.password })),
  row('userRegisterAnonymous', ({ world }) => ({ username: world.newName(), password: world.password })),
  row('userNameCheck', ({ world }) => ({ username: world.newName() })),
  row('userProfile'),
  row('userProfileUpdate', (stage) => ({ private_info: stage.text() })),
  row('userPublic', (stage) => ({ value: stage.text() })),
  row('userPrivate', (stage) => ({ value: stage.text() })),
  row('userNickName', (stage) => ({ nick_name: stage.text() })),
  row('userName', ({ world }) => ({ username: world.newName() })),
  row('userMobile', ({ world }) => ({ mobile: world.newMobile() })),
  row('userAvatar', () => ({ avatar: 'avatar_1' })),
  row('userSettings'),
  row('userSettingsUpdate', (stage) => ({ auth_question: 'who?', auth_answer: stage.text() })),
  row('userSettingsUpdate', async (stage) => ({ user_id: (await stage.target).uid }), {
    about: "of the target's",
  }),
  row('userAuthMode', () => ({ value: 1 })),
  row('userDownload', () => ({ value: true })),
  row('userSounds', () => ({ value: true })),
  row('userVibratory', () => ({ value: true })),
  row('userPush', () => ({ value: true })),
  row('userPushDetail', () => ({ value: true })),
  row('userPushLimit', () => ({ no_push_start_hour: 1, no_push_end_hour: 2 })),
  row('userPushNickName', () => ({ value: 'me' })),
  row('userChangePassword', ({ world }) => ({
    old_password: world.password,
    new_password: world.secrets.text('Pw2'),
  })),
  row('userDelete', ({ world }) => ({ password: world.password })),

  row('deviceList', async (stage) => {
    await device(stage);
    return {};
  }),
  row('deviceRemove', async (stage) => ({ device_sn: await device(stage) }), { about: 'own' }),
  row('deviceKick'),

  row('pushTokenBind', async (stage) => ({
    device_sn: await device(stage),
    device_token: stage.text(),
    notifier_name: 'a certificate',
  })),
  row('pushTokenUnbind', () => ({ deviceSn: 1 })),
  row('pushAlias', (stage) => ({ alias: stage.text() })),
  row('pushBadge', () => ({ badge: 1 })),
  row('pushTags'),
  row('pushTagsAdd', (stage) => ({ tags: [stage.text()] })),
  row('pushTagsRemove', () => ({ tags: ['none'] })),
  row('pushTagsClear'),
];
