import type { FileUploadResult } from 'flooim';
import type { TextKey } from '../i18n/i18n.ts';
import type { MessageExtras } from '../message/extras.ts';
import type { PickedFile } from './picked-files.ts';

/**
 * `waiting` for a connection that was gone too long, `arrived` and waiting for those before it, `failed` unless somebody
 * tries again.
 */
export type TransferState = 'sending' | 'waiting' | 'arrived' | 'failed';

/** A file on its way to the server; it becomes a message when it is there. Its fields change and are watched. */
export interface FileTransfer {
  readonly kind: 'file';
  readonly id: number;
  /** The conversation. */
  readonly uid: number;
  /** When it was sent, in ms. */
  readonly at: number;
  readonly picked: PickedFile;
  readonly extras?: MessageExtras;
  state: TransferState;
  /** Bytes. */
  loaded: number;
  total: number;
  /** How often there was no server to be found. */
  lost: number;
  /** Why it failed. */
  problem: TextKey | null;
  arrived: FileUploadResult | null;
}

/** Words that were sent with files and follow them. */
export interface WordsTransfer {
  readonly kind: 'words';
  readonly id: number;
  readonly uid: number;
  readonly at: number;
  readonly text: string;
  readonly extras?: MessageExtras;
}

export type Transfer = FileTransfer | WordsTransfer;

/** Of its row in the conversation. */
export const transferKey = ({ id }: Transfer): string => `transfer-${id}`;

const isOnItsWay = (one: Transfer): boolean =>
  one.kind === 'file' && (one.state === 'sending' || one.state === 'waiting');

/**
 * Those that may become messages now. Within a conversation they go in the order in which they were sent, whichever
 * upload is done first; one that failed holds up nobody.
 */
export function toSend(transfers: readonly Transfer[]): Transfer[] {
  const held = new Set<number>();
  return transfers.filter((one) => {
    if (isOnItsWay(one)) held.add(one.uid);
    const ready = one.kind === 'words' || one.state === 'arrived';
    return ready && !held.has(one.uid);
  });
}

/** Whether leaving the page now would lose something. */
export function isUnfinished(transfers: readonly Transfer[]): boolean {
  return transfers.some((one) => one.kind === 'words' || one.state !== 'failed');
}
