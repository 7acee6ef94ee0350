import { randomInt } from 'node:crypto';
import { limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';

const letters = /^[0-9A-Za-z_\u4E00-\u9FA5]+$/;

/** The name without white space, as clients send it and as it is kept; throws what a person can act upon. */
export function cleanUsername(given: string): string {
  const username = given.replace(/\s+/g, '');
  if (!letters.test(username)) {
    throw new ServerError('usernameRefused', 'letters, digits, underscore and Chinese characters only');
  }
  if (/^\d+$/.test(username)) throw new ServerError('usernameRefused', 'at least one character that is not a digit');
  if (/^(mta|maxim)/i.test(username)) throw new ServerError('usernameRefused', 'must not begin with mta or maxim');
  return username;
}

const suffixChars = 10;
const suffixLetters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A name that nobody has, from what it is to begin with. */
export function visitorName(prefix: string): string {
  const start = prefix.replace(/\s+/g, '');
  if (start.length + suffixChars > limits.usernameChars) {
    throw new ServerError('usernameRefused', `at most ${limits.usernameChars - suffixChars} characters to begin with`);
  }
  const suffix = Array.from({ length: suffixChars }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
  return cleanUsername(`${start}${suffix}`);
}

/** Refuses passwords that are too easy to guess. */
export function checkPassword(password: string): void {
  const kinds = [/[A-Za-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(password)).length;
  const printable = /^[\x20-\x7E]*$/.test(password);
  if (password.length < limits.passwordMinChars || kinds < 2 || !printable) {
    throw new ServerError(
      'passwordRefused',
      `at least ${limits.passwordMinChars} printable ASCII characters, of two kinds: letters, digits, symbols`,
    );
  }
}

const international = /^\+\d{8,}$/;
/** Of mainland China, without its country code. */
const mainland = /^1(?:3\d|4\d|5[0-35-9]|66|7\d|8\d)\d{8}$/;

/** Refuses what is no mobile number; an empty one takes the number away. */
export function checkMobile(mobile: string): void {
  if (mobile !== '' && !international.test(mobile) && !mainland.test(mobile)) {
    throw new ServerError(
      'invalidParameter',
      'mobile must be + and at least 8 digits, or a mainland number of 11 digits',
    );
  }
}

/** The ways to write one number: mainland numbers come with their country code and without it. */
export function spellingsOf(mobile: string): [string, string] {
  const local = mobile.replace(/^\+86(?=1)/, '');
  return mainland.test(local) ? [local, `+86${local}`] : [mobile, mobile];
}

/** Refuses what is no link to a file: see `checkLink`. `field`: how the request names it. */
export function checkAvatar(avatar: string, field = 'avatar'): void {
  if (avatar !== '') checkLink(avatar, field);
}

/** A file is at a URL or has the name of an uploaded object; nothing that a page would run or take for a path of its own. */
export function checkLink(link: string, field: string): void {
  const isUrl = /^https?:\/\/[^\s"'<>\\]+$/i.test(link);
  const isObjectName = /^[\w-][\w./-]*$/.test(link) && !link.includes('..');
  if (!isUrl && !isObjectName) {
    throw new ServerError('invalidParameter', `${field} must be an http or https URL or the name of an uploaded file`);
  }
}
