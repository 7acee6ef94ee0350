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

/** An avatar is a URL or the name of an uploaded object; nothing that a page would run or take for a path of its own. */
export function checkAvatar(avatar: string): void {
  const isUrl = /^https?:\/\/[^\s"'<>\\]+$/i.test(avatar);
  const isObjectName = /^[\w-][\w./-]*$/.test(avatar) && !avatar.includes('..');
  if (avatar !== '' && !isUrl && !isObjectName) {
    throw new ServerError('invalidParameter', 'avatar must be an http or https URL or the name of an uploaded file');
  }
}
