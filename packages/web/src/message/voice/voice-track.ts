import type { Meta } from 'flooim';
import { useSession } from '../../session/session-store.ts';
import { readAttachment } from '../attachment.ts';
import { useMessages } from '../message-store.ts';
import { ownFileUrl } from '../own-file.ts';
import { isHeard, markHeard } from './heard.ts';
import type { Track } from './voice-player.ts';

/** The same before and after the message was sent. */
export const trackKey = (meta: Meta): string => meta.clientMid ?? meta.id;

const isOwn = (meta: Meta): boolean => meta.from === String(useSession().uid);

export function wasHeard(meta: Meta): boolean {
  return isOwn(meta) || isHeard(useSession().uid, meta.id, Number(meta.timestamp));
}

/** Whether it is what phones of earlier clients record: no browser plays AMR. */
export function isAmr({ attach }: Pick<Meta, 'attach'>): boolean {
  const { name = '', url = '' } = readAttachment(attach);
  return /\.(amr|awb)$/i.test(name) || /\.(amr|awb)([?#]|$)/i.test(url);
}

/** What the player plays; undefined where a browser could not, or another server would learn who listens. */
export function trackOf(meta: Meta): Track | undefined {
  const { url, seconds = 0 } = readAttachment(meta.attach);
  const source = ownFileUrl(url, 'file');
  if (!source || isAmr(meta)) return undefined;
  return {
    key: trackKey(meta),
    source,
    seconds,
    started: () => wasHeard(meta) || markHeard(useSession().uid, meta.id, Number(meta.timestamp)),
    next: () => nextUnheard(meta),
  };
}

/** The first voice message after this one that was not heard yet. */
function nextUnheard(after: Meta): Track | undefined {
  const all = useMessages().chat(Number(isOwn(after) ? after.to : after.from)).messages;
  const index = all.findIndex((one) => trackKey(one) === trackKey(after));
  const next = index < 0 ? undefined : all.slice(index + 1).find((one) => one.type === 'audio' && !wasHeard(one));
  return next && trackOf(next);
}
