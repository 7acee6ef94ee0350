import { ServerError } from '../error.ts';
import { checkMobile, spellingsOf } from '../user/account-rules.ts';

/** As the world's telephone networks take it. */
const reachable = /^\+[1-9]\d{7,14}$/;

/** A number that a message can go to, as a client sent it. */
export function readMobile(given: string): string {
  const mobile = withPlus(given);
  checkMobile(mobile);
  if (mobile.startsWith('+') && !reachable.test(mobile)) {
    throw new ServerError('invalidParameter', 'mobile must have its country code and at most 15 digits after the +');
  }
  return mobile;
}

/** The number with what becomes a space where a client did not escape it. */
export function withPlus(given: string): string {
  return given.replace(/^ (?=\d)/, '+');
}

/** The same for each way to write one number. */
export function numberKey(mobile: string): string {
  return spellingsOf(mobile)[0];
}
