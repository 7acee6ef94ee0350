import { randomBytes } from 'node:crypto';
import { SignedText } from '../signed-text.ts';

/** For whom something was signed: it ends with the token. */
interface Signed {
  appId: string;
  uid: number;
  /** The token's SHA-256, in base64url. */
  tokenHash: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  object: string;
}

/** What somebody may upload, as the address says that he got. */
export interface UploadPass extends Signed {
  kind: 'chat' | 'shared' | 'userAvatar' | 'groupAvatar';
  /** The user or group that it is for. */
  target: number;
  /** Whether the target is a group. */
  toGroup: boolean;
  /** Bytes, as the uploader said beforehand; 0: he did not say. */
  size: number;
  /** As the uploader called it, perhaps empty. */
  name: string;
}

export function isAvatar({ kind }: Pick<UploadPass, 'kind'>): boolean {
  return kind === 'userAvatar' || kind === 'groupAvatar';
}

/** A file that somebody may fetch without saying who he is. */
export type LinkPass = Signed;

export interface Passes {
  uploads: SignedText<UploadPass>;
  links: SignedText<LinkPass>;
}

export function createPasses(key: Buffer): Passes {
  return { uploads: new SignedText(key, 'upload'), links: new SignedText(key, 'file link') };
}

/** The name of a file to come, in the blob store and in links. */
export function newObject(): string {
  return randomBytes(16).toString('base64url');
}
