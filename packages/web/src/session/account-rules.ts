/** What the server asks of a new account, checked while the person types. */

export type UsernameFlaw = 'empty' | 'characters' | 'digitsOnly' | 'reserved' | 'tooLong';

export function usernameFlaw(name: string): UsernameFlaw | null {
  if (!name) return 'empty';
  if (name.length > 64) return 'tooLong';
  if (!/^[\p{Script=Han}A-Za-z0-9_]+$/u.test(name)) return 'characters';
  if (/^\d+$/.test(name)) return 'digitsOnly';
  if (/^(mta|maxim)/i.test(name)) return 'reserved';
  return null;
}

export interface PasswordCheck {
  longEnough: boolean;
  /** At least two of letter, digit, symbol. */
  mixed: boolean;
}

export function checkPassword(password: string): PasswordCheck {
  const kinds = [/\p{L}/u, /\d/, /[^\p{L}\d\s]/u].filter((kind) => kind.test(password)).length;
  return { longEnough: password.length >= 8, mixed: kinds >= 2 };
}
