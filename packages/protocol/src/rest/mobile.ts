import type { MobileLogin, UserVerification } from '../types.ts';
import { endpoint, GET, POST } from './endpoint.ts';
import { filled, must, password } from './schemas.ts';

const number = { mobile: must(filled(32)) };
/** What the text message said. */
const captcha = { captcha: must(filled(16)) };
const code = { ...captcha, ...number };
const sign = { sign: must(filled(128)) };

/**
 * Mobile numbers, as deployed clients sign in and are verified by them. A server that cannot send text messages refuses with
 * `notAvailable` whatever needs one.
 */
export const mobile = {
  /** A picture to be read, by its id. */
  captchaCreate: endpoint<string>()(POST, '/app/captcha/image', 'body', 'public', {}),
  /** Sends a code to a number, for what was read in the picture; the picture is used up, read rightly or not. */
  smsCodeForPicture: endpoint<boolean>()(GET, '/app/captcha/sms_web', 'query', 'public', {
    ...captcha,
    image_id: must(filled(64)),
    ...number,
  }),
  /** As `smsCodeForPicture` without a picture, and within narrower limits. */
  smsCode: endpoint<boolean>()(GET, '/app/captcha/sms', 'query', 'public', number),
  mobileLogin: endpoint<MobileLogin>()(GET, '/app/user/info_pwd', 'query', 'public', code),
  /** Makes the number the caller's, who had shown none before that is his. Whoever only said that he has it, has it no more. */
  mobileBind: endpoint<boolean>()(POST, '/app/user/mobile_bind', 'body', 'user', code),
  /** `sign`: of `mobileLogin`. It says whose the number is, the token says whose the account is. */
  mobileBindWithSign: endpoint<boolean>()(POST, '/app/user/mobile_bind_with_sign', 'body', 'user', {
    ...sign,
    ...number,
  }),
  /** As `userMobile`. */
  mobileUpdate: endpoint<boolean>()(POST, '/app/user/mobile_update', 'body', 'user', number),
  mobilePrechangeByPassword: endpoint<{ sign: string }>()(
    POST,
    '/app/user/mobile_prechange_by_password',
    'body',
    'user',
    { password },
  ),
  /** By a code that was sent to the number that is the caller's now. */
  mobilePrechangeByMobile: endpoint<{ sign: string }>()(
    POST,
    '/app/user/mobile_prechange_by_mobile',
    'body',
    'user',
    code,
  ),
  /** `sign`: of either of the two before; the code was sent to the new number. */
  mobileChange: endpoint<boolean>()(POST, '/app/user/mobile_change', 'body', 'user', { ...code, ...sign }),

  userVerification: endpoint<UserVerification>()(GET, '/app/user_verification', 'query', 'user', {}),
  /** Says who the caller is, and lets nobody in: one number may verify several accounts. */
  userVerificationByMobile: endpoint<boolean>()(POST, '/app/user_verification_by_mobile', 'body', 'user', code),
} as const;

export const captchaStreams = {
  /** Opened by a page as a picture: `app_id` is in the query, and a refusal has an HTTP status. */
  captchaImage: endpoint<never>()(GET, '/app/captcha/image', 'query', 'public', { image_id: must(filled(64)) }),
} as const;
