import { randomBytes } from 'node:crypto';

/** So many characters of a secret anywhere give it away. */
const tellingChars = 12;

/** Everything that must stand in no log, and in no answer to somebody else. */
export class Secrets {
  /** By their first and last characters. */
  readonly #known = new Map<string, Set<string>>();

  /** Notes a secret, which must be long enough not to stand somewhere by chance. Gives it back. */
  keep(secret: string): string {
    if (secret.length < tellingChars) throw new Error('too short to be told from other text');
    // What is signed begins with what it says, which is no secret and much the same each time.
    const isSigned = secret.startsWith('eyJ');
    const telling = [secret.slice(-tellingChars), ...(isSigned ? [] : [secret.slice(0, tellingChars)])];
    for (const part of telling) {
      const known = this.#known.get(part);
      if (known) known.add(secret);
      else this.#known.set(part, new Set([secret]));
    }
    return secret;
  }

  /** A new secret text. */
  text(prefix = 'text'): string {
    return this.keep(`${prefix}-${randomBytes(12).toString('hex')}`);
  }

  /** Which of them stand in the text, whole or begun; each once. */
  in(text: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at + tellingChars <= text.length; at++) {
      for (const secret of this.#known.get(text.slice(at, at + tellingChars)) ?? []) found.add(secret);
    }
    return [...found];
  }
}
