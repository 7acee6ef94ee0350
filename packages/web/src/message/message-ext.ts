import { toId } from '@flooim/protocol';
import type { ContentTypeName, Meta } from 'flooim';
import { beginning } from './beginning.ts';

/** The message that another one answers, as much of it as its reader needs to know which. */
export interface Quote {
  mid: string;
  /** Decimal string: who wrote it. */
  from: string;
  type: ContentTypeName;
  /** Its beginning, or the name of its file. */
  text: string;
}

/** One message in a record of several that were forwarded together. */
export interface ForwardedItem {
  /** What its writer was called where it was forwarded from. */
  name: string;
  /** Ms since the epoch. */
  at: number;
  type: ContentTypeName;
  text: string;
}

export interface Forwarded {
  /** Whose conversation it is from. */
  title: string;
  items: readonly ForwardedItem[];
}

/**
 * What this app keeps in a message's `ext`, beside whatever other apps keep there (docs/message-ext.md). All of it was
 * written by somebody else: what is not as it should be is taken for not there.
 */
export interface MessageExt {
  reply?: Quote;
  /** The sender wants his text read as markdown. */
  markdown: boolean;
  forwarded?: Forwarded;
  /** It came in pieces, as a program wrote it. */
  streamed: boolean;
  /** Nobody said yet that it is whole. */
  streaming: boolean;
}

export const quoteChars = 200;
export const forwardedItems = 100;

const types: readonly string[] = ['text', 'image', 'audio', 'video', 'file', 'location', 'command', 'forward', 'rtc'];

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
const text = (value: unknown, chars: number): string => (typeof value === 'string' ? beginning(value, chars) : '');
const typeOf = (value: unknown): ContentTypeName =>
  typeof value === 'string' && types.includes(value) ? (value as ContentTypeName) : 'text';

/** Whether it can be the id of a message; it may be larger than a number holds. */
export const isMid = (value: unknown): value is string => typeof value === 'string' && /^\d{1,20}$/.test(value);

export function readQuote(value: unknown): Quote | undefined {
  const quote = fields(value);
  const { mid, from } = quote ?? {};
  // What is no id would be asked for in vain, and with it all the names that are asked for together.
  if (!quote || !isMid(mid) || typeof from !== 'string' || !toId(from)) return;
  return { mid, from, type: typeOf(quote['type']), text: text(quote['text'], quoteChars) };
}

function readForwarded(value: unknown): Forwarded | undefined {
  const record = fields(value);
  if (!record || !Array.isArray(record['items'])) return;
  const items = record['items'].slice(0, forwardedItems).flatMap((item) => {
    const one = fields(item);
    if (!one) return [];
    const at = Number(one['at']);
    const when = Number.isFinite(at) && Math.abs(at) < 8.64e15 ? at : 0;
    return [{ name: text(one['name'], 100), at: when, type: typeOf(one['type']), text: text(one['text'], 2000) }];
  });
  if (items.length === 0) return;
  return { title: text(record['title'], 100), items };
}

export function readExt({ ext }: Pick<Meta, 'ext'>): MessageExt {
  const all = fields(ext) ?? {};
  const ai = fields(all['ai']);
  return {
    reply: readQuote(all['reply']),
    markdown: all['format'] === 'markdown',
    forwarded: readForwarded(all['forwarded']),
    streamed: ai?.['stream'] === true,
    streaming: ai?.['stream'] === true && ai['finish'] !== true,
  };
}
