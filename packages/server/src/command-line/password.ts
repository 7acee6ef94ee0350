import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './command.ts';

/** Without those that look alike. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 99 random bits that a person can copy. */
export function generatePassword(): string {
  const part = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [part(), part(), part(), part()].join('-');
}

/** The first line of what is typed or piped in. What is typed stays dark. */
async function readPassword(): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) process.stderr.write('password: ');
  const dark = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: dark, terminal: stdin.isTTY ?? false });
  for await (const line of lines) {
    lines.close();
    if (stdin.isTTY) process.stderr.write('\n');
    return line;
  }
  throw new UsageError('--password-stdin: there is no password on the standard input');
}

/** The password to set, and how to tell of it: only one that was made here is shown, once. */
export async function choosePassword(
  isGiven: boolean,
): Promise<{ password: string; shown: { password?: string }; text: string }> {
  if (isGiven) return { password: await readPassword(), shown: {}, text: '' };
  const password = generatePassword();
  return { password, shown: { password }, text: `\npassword: ${password}  (shown this once)` };
}
