import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a code says: who invites into which group, and until when. */
export interface GroupInvite {
  gid: number;
  inviter: number;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

const saidBytes = 24;
const shape = /^g[\w-]{75}$/;

/** Codes that nobody else can make; the server keeps no list of them. */
export class GroupCodes {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  write({ gid, inviter, expiresAt }: GroupInvite): string {
    const said = Buffer.alloc(saidBytes);
    for (const [i, value] of [gid, inviter, expiresAt].entries()) said.writeBigUInt64BE(BigInt(value), i * 8);
    return `g${Buffer.concat([said, this.#sign(said)]).toString('base64url')}`;
  }

  /** Undefined for what is no code of this server. */
  read(code: string): GroupInvite | undefined {
    if (!shape.test(code)) return undefined;
    const bytes = Buffer.from(code.slice(1), 'base64url');
    const said = bytes.subarray(0, saidBytes);
    if (!timingSafeEqual(bytes.subarray(saidBytes), this.#sign(said))) return undefined;
    const numberAt = (offset: number) => Number(said.readBigUInt64BE(offset));
    return { gid: numberAt(0), inviter: numberAt(8), expiresAt: numberAt(16) };
  }

  #sign(said: Buffer): Buffer {
    return createHmac('sha256', this.#key).update('group code').update(said).digest();
  }
}
