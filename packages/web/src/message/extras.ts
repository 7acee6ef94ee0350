import type { Quote } from './message-ext.ts';

/** What a message has beside its words. */
export interface MessageExtras {
  ext?: Record<string, unknown>;
  config?: Record<string, unknown>;
}

/** How a text is meant. */
export interface HowSent {
  markdown: boolean;
  /** Ids of members who are called. */
  mentions: readonly number[];
  mentionAll: boolean;
}

/** What goes along with a text, in the places that other clients read too. */
export function extrasOf({ markdown, mentions, mentionAll }: HowSent, reply: Quote | null): MessageExtras {
  return {
    ...((reply || markdown) && { ext: { ...(reply && { reply }), ...(markdown && { format: 'markdown' }) } }),
    ...((mentionAll || mentions.length > 0) && { config: { mentionAll, mentionList: [...mentions] } }),
  };
}
