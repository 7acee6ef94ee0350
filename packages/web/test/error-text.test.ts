import { errors } from '@flooim/protocol';
import { FlooError } from 'flooim';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { errorName, errorText, reasonText } from '../src/app/error-text.ts';
import { useLocale } from '../src/i18n/i18n.ts';

/** What no person can cause with this app: faults of a client, told as "did not work". */
const faults = [
  'messageNotFound',
  'conversationNotFound',
  'clientMidReused',
  'unknownCommand',
  'malformedFrame',
  'encryptionUnsupported',
];

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await useLocale('en');
});

describe('an error of the server', () => {
  test.each(Object.entries(errors))('%s has words of its own', (name, { code, text }) => {
    const found = errorName(new FlooError('REJECTED', text, { serverCode: code }));
    if (faults.includes(name)) expect(['unknown', 'invalidParameter']).toContain(found);
    else expect(found).not.toBe('unknown');
  });
});

test('a text that is a part of another one is not taken for it', () => {
  const name = ({ code, text }: { code: number; text: string }) =>
    errorName(new FlooError('REJECTED', text, { serverCode: code }));
  expect(name(errors.userExists)).toBe('userExists');
  expect(name(errors.wrongPassword)).toBe('wrongPassword');
  expect(name(errors.usernameRefused)).toBe('usernameRefused');
  expect(name(errors.tooLarge)).toBe('tooLarge');
});

test('what the SDK takes for too often says of what', () => {
  const name = (text: string) => errorName(new FlooError('RATE_LIMITED', text, { serverCode: 10028 }));
  expect(name(errors.tooManyUploads.text)).toBe('tooManyUploads');
  expect(name(errors.tooManyAttempts.text)).toBe('tooManyAttempts');
  expect(name('slow down')).toBe('tooManyAttempts');
});

test('the code decides where the text is new', () => {
  expect(errorName(new FlooError('REJECTED', 'something', { serverCode: 10004 }))).toBe('userExists');
  expect(errorName(new FlooError('NETWORK', 'fetch failed'))).toBe('network');
  expect(errorName(new Error('a bug'))).toBe('unknown');
});

test('a failed message says why, or at least that it was not sent', () => {
  expect(reasonText('you have been blocked by the recipient')).toContain('blocked you');
  expect(reasonText('')).toBe('Not sent.');
  expect(errorText(new FlooError('LOGIN_REJECTED', 'x'))).toContain('wrong');
});
