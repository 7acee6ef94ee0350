import { limits, type MobileLogin, type UserVerification } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { OneTimePasswords } from '../token/one-time-passwords.ts';
import type { Bearer } from '../token/token-service.ts';
import type { UserService } from '../user/user-service.ts';
import { UserStatus } from '../user/user-status.ts';
import type { Captchas } from './captchas.ts';
import { numberKey, readMobile, withPlus } from './mobile-number.ts';
import type { Holder, MobileStore } from './mobile-store.ts';
import { type Sign, Signs } from './signs.ts';
import { SmsCodes } from './sms-codes.ts';
import { type Asking, SmsLimits, type SmsRates } from './sms-limits.ts';
import type { SmsProvider } from './sms-provider.ts';

interface Parts {
  store: MobileStore;
  users: UserService;
  oneTimePasswords: OneTimePasswords;
  captchas: Captchas;
  /** Undefined: this server sends no text messages. */
  sms: SmsProvider | undefined;
  smsRates: SmsRates;
  clock: () => number;
}

/** Who asks, as codes are counted. */
interface Visitor {
  appId: string;
  network: string;
}

/** A signed-in user. */
type Caller = Bearer & Visitor;

/** A code that came by text message, and the number it was sent to. */
interface Received {
  captcha: string;
  mobile: string;
}

/** What somebody read in a picture, to have a code sent to a number. */
interface Read {
  captcha: string;
  image_id: string;
  mobile: string;
}

/**
 * Numbers that somebody has shown to be his: they let him in without his password, and tell who he is. What a user merely says
 * of his number, in his profile, does neither.
 */
export class MobileService {
  readonly #parts: Parts;
  readonly #codes: SmsCodes;
  readonly #limits: SmsLimits;
  readonly #signs: Signs;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#codes = new SmsCodes(parts.clock);
    this.#limits = new SmsLimits(parts.smsRates, parts.clock);
    this.#signs = new Signs(parts.clock);
  }

  /** Sends a code to the number; the one before it works no more. */
  async sendCode({ appId, network }: Visitor, given: string): Promise<void> {
    const sms = this.#provider();
    await this.#send(sms, { appId, network, kind: 'plain' }, readMobile(given));
  }

  /** As `sendCode`, for somebody who has read a picture: see `Captchas`. */
  async sendCodeForPicture({ appId, network }: Visitor, { captcha, image_id, mobile: given }: Read): Promise<void> {
    const sms = this.#provider();
    const mobile = readMobile(given);
    this.#parts.captchas.answer(appId, image_id, captcha);
    await this.#send(sms, { appId, network, kind: 'picture' }, mobile);
  }

  /** Lets in to whom the number belongs; to nobody, and it can be bound by what is answered. */
  async login(visitor: Visitor, received: Received): Promise<MobileLogin> {
    const { appId } = visitor;
    const mobile = this.#takeCode(visitor, received);
    const holder = await this.#parts.store.holder(appId, mobile);
    if (!holder) return { sign: this.#signs.create({ appId, mobile }) };
    if (holder.status === UserStatus.disabled) throw new ServerError('userFrozen');
    return { username: holder.username, password: this.#passwordFor(holder, appId, mobile) };
  }

  /**
   * What somebody says of his number, which shows nothing; an empty one takes it away. One that he has shown to be his he has to
   * `change`: otherwise whoever gets hold of his token could bind a number of his own, and be let in for ever.
   */
  async say({ uid, isAdmin }: { uid: number; isAdmin: boolean }, mobile: string): Promise<void> {
    const { users, sms } = this.#parts;
    await users.changeProfile(uid, { mobile: withPlus(mobile) }, isAdmin || !sms);
  }

  async bind(caller: Caller, received: Received): Promise<void> {
    await this.#bind(caller, this.#takeCode(caller, received), false);
  }

  async bindWithSign(caller: Caller, sign: string, given: string): Promise<void> {
    this.#provider();
    const mobile = readMobile(given);
    const isIt = (shown: Sign) =>
      'mobile' in shown && shown.appId === caller.appId && numberKey(shown.mobile) === numberKey(mobile);
    this.#signs.take(sign, isIt);
    await this.#bind(caller, mobile, false);
  }

  /** A sign by which the caller may change his number. */
  async allowChangeByPassword(caller: Caller, password: string): Promise<string> {
    this.#provider();
    await this.#parts.users.confirm(caller, password);
    return this.#signs.create({ appId: caller.appId, uid: caller.uid });
  }

  /** As `allowChangeByPassword`, for a code that came to the number that he has shown to be his. */
  async allowChangeByMobile(caller: Caller, { captcha, mobile: given }: Received): Promise<string> {
    this.#provider();
    const mobile = readMobile(given);
    const holder = await this.#parts.store.holder(caller.appId, mobile);
    if (holder?.uid !== caller.uid) throw new ServerError('noPermission', 'mobile is not verified as your number');
    this.#takeCode(caller, { captcha, mobile });
    return this.#signs.create({ appId: caller.appId, uid: caller.uid });
  }

  async change(caller: Caller, sign: string, received: Received): Promise<void> {
    this.#provider();
    const isIt = (shown: Sign) => 'uid' in shown && shown.uid === caller.uid;
    // A wrong code does not cost the sign.
    this.#signs.check(sign, isIt);
    const mobile = this.#takeCode(caller, received);
    this.#signs.take(sign, isIt);
    await this.#bind(caller, mobile, true);
  }

  async verification(uid: number): Promise<UserVerification> {
    this.#provider();
    const mobile = await this.#parts.store.verifiedBy(uid);
    return { status: mobile ? 1 : 0, mobile };
  }

  async verify(caller: Caller, received: Received): Promise<void> {
    const { store, users } = this.#parts;
    const mobile = this.#takeCode(caller, received);
    const shown = { uid: caller.uid, mobile, atMost: limits.accountsPerMobile };
    const result = await store.write['mobile.verifyUser'](shown);
    if (result) throw new ServerError(result.refused);
    users.tellOwnDevices(caller.uid);
  }

  /** Throws where the server has no way to send text messages. */
  #provider(): SmsProvider {
    const { sms } = this.#parts;
    if (!sms) throw new ServerError('notAvailable', 'text messages');
    return sms;
  }

  async #send(sms: SmsProvider, asking: Asking, mobile: string): Promise<void> {
    this.#limits.take(asking, mobile);
    await sms.send(mobile, this.#codes.create(asking.appId, mobile), asking.appId);
  }

  /** The number that the code shows to be his who has it. */
  #takeCode(visitor: Visitor, { captcha, mobile: given }: Received): string {
    this.#provider();
    const mobile = readMobile(given);
    this.#codes.take(visitor, mobile, captcha);
    return mobile;
  }

  #passwordFor({ uid }: Holder, appId: string, mobile: string): string {
    const { store, oneTimePasswords } = this.#parts;
    const holds = async () => (await store.holder(appId, mobile))?.uid === uid;
    return oneTimePasswords.create({ uid, holds });
  }

  async #bind({ uid }: Caller, mobile: string, replaces: boolean): Promise<void> {
    const { store, users, clock } = this.#parts;
    const result = await store.write['mobile.bind']({ uid, mobile, replaces, time: clock() });
    if ('yielded' in result) {
      for (const each of [uid, ...result.yielded]) users.tellOwnDevices(each);
    } else throw new ServerError(result.refused);
  }
}
