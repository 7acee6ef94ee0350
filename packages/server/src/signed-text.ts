import { createHmac, timingSafeEqual } from 'node:crypto';

const shape = /^([\w-]+)\.([\w-]{43})$/;

/** Says something in a text that nobody else can make; the server keeps no list of them. */
export class SignedText<T extends object> {
  readonly #key: Buffer;
  readonly #purpose: string;

  /** What was signed for one purpose is nothing for another. */
  constructor(key: Buffer, purpose: string) {
    this.#key = key;
    this.#purpose = purpose;
  }

  write(said: T): string {
    const bytes = Buffer.from(JSON.stringify(said));
    return `${bytes.toString('base64url')}.${this.#sign(bytes).toString('base64url')}`;
  }

  /** Undefined for what this server has not signed. */
  read(text: string): T | undefined {
    const [, said, mac] = shape.exec(text) ?? [];
    if (!said || !mac) return undefined;
    const bytes = Buffer.from(said, 'base64url');
    if (!timingSafeEqual(Buffer.from(mac, 'base64url'), this.#sign(bytes))) return undefined;
    return JSON.parse(bytes.toString()) as T;
  }

  #sign(said: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${this.#purpose}\n`).update(said).digest();
  }
}
