/** A message of somebody else that may be told of. */
export interface Arrived {
  /** The conversation. */
  cid: number;
  mid: string;
}

/** What to show: a line for a conversation, or one for all of them. */
export type Notice =
  | { kind: 'conversation'; cid: number; mid: string; count: number }
  | { kind: 'summary'; messages: number; conversations: number };

/** More conversations than this at once are a heap that nobody reads. */
const mostLines = 3;

/** `catchingUp`: what came while the device was away arrives all at once. */
export function planNotices(arrived: readonly Arrived[], catchingUp: boolean): Notice[] {
  const byConversation = new Map<number, Arrived[]>();
  for (const one of arrived) byConversation.set(one.cid, [...(byConversation.get(one.cid) ?? []), one]);
  const isHeap = byConversation.size > mostLines || (catchingUp && arrived.length > 1);
  if (isHeap) return [{ kind: 'summary', messages: arrived.length, conversations: byConversation.size }];
  return [...byConversation].map(([cid, messages]) => {
    const newest = messages[messages.length - 1] as Arrived;
    return { kind: 'conversation', cid, mid: newest.mid, count: messages.length };
  });
}
