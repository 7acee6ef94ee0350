import { sentCodes } from '../outside.ts';
import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';

const targets = async (stage: Stage) => ({ list: [(await stage.target).uid] });
const forTarget = async (stage: Stage) => ({ user_id: String((await stage.target).uid) });
const link = async (stage: Stage) => {
  const { uid, appId } = await stage.target;
  const { link } = await stage.world.administer('linkCreate', { user_id: uid, text: 'hello' }, { appId });
  return { link };
};
const ownApp = () => ({ app_id: 'flooim' });
const secret = async (stage: Stage) => {
  const secret_text = stage.text();
  const { code } = await stage.world.call(stage.caller, 'secretLeave', { expire_seconds: 60, secret_text });
  return { code: stage.world.secrets.keep(code) };
};
/** Of an app that nobody else uses. */
const newApp = async (stage: Stage) => ({ app_id: stage.world.newName() });
const madeApp = async (stage: Stage) => {
  const app = await newApp(stage);
  await stage.world.operate('operatorAppCreate', app);
  return app;
};
/** What was sent to a number that is nobody's yet. */
async function code({ world, appId }: Stage): Promise<{ captcha: string; mobile: string }> {
  const mobile = world.newMobile();
  await world.public('smsCode', { mobile }, appId);
  return { captcha: sentCodes.get(mobile) ?? '', mobile };
}
/** What says that the number was shown to be somebody's. */
async function shown(stage: Stage): Promise<{ sign: string; mobile: string }> {
  const { captcha, mobile } = await code(stage);
  const { sign } = await stage.world.public('mobileLogin', { captcha, mobile }, stage.appId);
  return { sign: stage.world.secrets.keep(sign ?? ''), mobile };
}
async function change(stage: Stage): Promise<object> {
  const { caller, world } = stage;
  const { sign } = await world.call(caller, 'mobilePrechangeByPassword', { password: world.password });
  return { ...(await code(stage)), sign: world.secrets.keep(sign) };
}
const scan = async ({ world, appId }: Stage) => ({
  qrcode_id: world.secrets.keep((await world.public('officialAccountCode', {}, appId)).qrcode_id),
});
const scanned = async (stage: Stage) => {
  const { code } = await stage.world.public('officialAccountScan', await scan(stage), stage.appId);
  return { code: stage.world.secrets.keep(code) };
};
const openId = async ({ world, appId }: Stage) => {
  const { openid } = await world.public('weChatLogin', { code: 'x' }, appId);
  return { open_id: openid ?? '' };
};

export const serviceRows: readonly Row[] = [
  row('userList'),
  row('userDisable', targets),
  row('userEnable', targets),
  row('userRegisterBatch', ({ world }) => ({
    list: [{ username: world.newName(), password: world.password }],
  })),
  row('userProfileBatch', async (stage) => ({
    list: [{ user_id: (await stage.target).uid, nick_name: stage.text() }],
  })),
  row('userAvatarBatch', async (stage) => ({
    list: [{ user_id: (await stage.target).uid, avatar: 'avatar_1' }],
  })),
  row('userChangePasswordAdmin', ({ world }) => ({ password: world.secrets.text('Pw3') }), {
    headers: forTarget,
  }),
  row('userAddRoster', async ({ world }) => ({ list: [(await world.person()).uid] }), {
    headers: forTarget,
  }),
  row('linkCreate', async (stage) => ({ user_id: (await stage.target).uid })),
  row('linkList', link),
  row('linkDelete', link),
  row('linkInfo', link),
  row('secretLeave', (stage) => ({ expire_seconds: 60, secret_text: stage.text() })),
  row('secretTake', secret),

  row('operatorApps'),
  row('operatorAppCreate', newApp),
  row('operatorAppUpdate', async (stage) => ({ ...(await madeApp(stage)), name: 'another name' })),
  row('operatorAppToken', ownApp),
  row('operatorAppTokensEnd', madeApp),
  row('operatorAppMoved', madeApp),

  row('captchaCreate'),
  row('captchaImage', async ({ world, appId }) => ({
    image_id: await world.public('captchaCreate', {}, appId),
  })),
  row('smsCodeForPicture', async ({ world, appId }) => ({
    captcha: '0000',
    image_id: await world.public('captchaCreate', {}, appId),
    mobile: world.newMobile(),
  })),
  row('smsCode', ({ world }) => ({ mobile: world.newMobile() })),
  row('mobileLogin', code),
  row('mobileBind', code),
  row('mobileBindWithSign', shown),
  row('mobileUpdate', ({ world }) => ({ mobile: world.newMobile() })),
  row('mobilePrechangeByPassword', ({ world }) => ({ password: world.password })),
  row('mobilePrechangeByMobile', code),
  row('mobileChange', change),
  row('userVerification'),
  row('userVerificationByMobile', code),

  row('weChatUrlLink', () => ({ path: 'page', query: '' })),
  row('officialAccountCode'),
  row('officialAccountScan', scan),
  row('officialAccountLogin', scanned),
  row('weChatLogin', () => ({ code: 'x' })),
  row('officialAccountBound'),
  row('weChatBound'),
  row('weChatBind', openId),
  row('userBindOpenId', openId),
  row('weChatUnbind'),
];
