import { errorText } from '../../app/error-text.ts';
import { useMessages } from '../message-store.ts';
import type { ForwardRecord } from './forward-record.ts';
import type { Recipient } from './recipients.ts';

export interface WhatToForward {
  /** Mids, in their order; or one record of them. */
  what: readonly string[] | ForwardRecord;
  /** The user's own word to it, which follows; may be empty. */
  word: string;
}

/**
 * Queues all of it for everybody. Gives those to whom it could not be sent, and why. `queued` keeps what is on its way by
 * then: who tries again with it sends nothing twice.
 */
export function forwardMessages(
  to: readonly Recipient[],
  { what, word }: WhatToForward,
  queued: Set<string>,
): { to: Recipient; reason: string }[] {
  const messages = useMessages();

  function once(id: number, part: string, send: () => void): void {
    const key = `${id} ${part}`;
    if (queued.has(key)) return;
    send();
    queued.add(key);
  }

  return to.flatMap((recipient) => {
    const { id } = recipient;
    try {
      if ('content' in what) once(id, 'record', () => messages.sendRecord(id, what.content, { ext: what.ext }));
      else for (const mid of what) once(id, mid, () => messages.forward(id, mid));
      if (word) once(id, 'word', () => messages.send(id, word));
      return [];
    } catch (error) {
      return [{ to: recipient, reason: errorText(error) }];
    }
  });
}
