import type { Context } from '../context.ts';
import type { Caller, Handlers } from '../http/caller.ts';

type Served =
  | 'captchaCreate'
  | 'smsCodeForPicture'
  | 'smsCode'
  | 'mobileLogin'
  | 'mobileBind'
  | 'mobileBindWithSign'
  | 'userMobile'
  | 'mobileUpdate'
  | 'mobilePrechangeByPassword'
  | 'mobilePrechangeByMobile'
  | 'mobileChange'
  | 'userVerification'
  | 'userVerificationByMobile';

export function mobileRoutes({ captchas, mobiles }: Pick<Context, 'captchas' | 'mobiles'>): Pick<Handlers, Served> {
  const say = async ({ mobile }: { mobile: string }, caller: Caller) => {
    await mobiles.say(caller, mobile);
    return true;
  };
  return {
    captchaCreate: async (_request, { appId }) => captchas.create(appId),

    async smsCodeForPicture(read, caller) {
      await mobiles.sendCodeForPicture(caller, read);
      return true;
    },

    async smsCode({ mobile }, caller) {
      await mobiles.sendCode(caller, mobile);
      return true;
    },

    mobileLogin: async (received, caller) => mobiles.login(caller, received),

    async mobileBind(received, caller) {
      await mobiles.bind(caller, received);
      return true;
    },

    async mobileBindWithSign({ sign, mobile }, caller) {
      await mobiles.bindWithSign(caller, sign, mobile);
      return true;
    },

    userMobile: say,
    mobileUpdate: say,

    mobilePrechangeByPassword: async ({ password }, caller) => ({
      sign: await mobiles.allowChangeByPassword(caller, password),
    }),

    mobilePrechangeByMobile: async (received, caller) => ({
      sign: await mobiles.allowChangeByMobile(caller, received),
    }),

    async mobileChange({ sign, ...received }, caller) {
      await mobiles.change(caller, sign, received);
      return true;
    },

    userVerification: async (_request, { uid }) => mobiles.verification(uid),

    async userVerificationByMobile(received, caller) {
      await mobiles.verify(caller, received);
      return true;
    },
  };
}
