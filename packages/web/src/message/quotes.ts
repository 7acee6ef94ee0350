import type { Meta } from 'flooim';
import { shallowReactive } from 'vue';
import { beginning } from './beginning.ts';
import { type Quote, quoteChars, readQuote } from './message-ext.ts';
import { summary } from './summary.ts';

const prefix = 'flooim.quote.';

/** What is being answered, per user and conversation; like a draft, this browser keeps it. */
const quotes = shallowReactive(new Map<string, Quote | null>());

const keyOf = (self: number, peer: number): string => `${self}.${peer}`;

function stored(key: string): Quote | null {
  try {
    return readQuote(JSON.parse(localStorage.getItem(prefix + key) ?? 'null')) ?? null;
  } catch {
    // No storage, or nothing readable in it.
    return null;
  }
}

export function quoteOf(self: number, peer: number): Quote | null {
  const known = quotes.get(keyOf(self, peer));
  return known === undefined ? stored(keyOf(self, peer)) : known;
}

export function keepQuote(self: number, peer: number, quote: Quote | null): void {
  const key = keyOf(self, peer);
  quotes.set(key, quote);
  try {
    if (quote) localStorage.setItem(prefix + key, JSON.stringify(quote));
    else localStorage.removeItem(prefix + key);
  } catch {
    // A full or refused storage: it is kept as long as the page lives.
  }
}

export function quoteFrom(meta: Meta): Quote {
  const { id: mid, from, type } = meta;
  return { mid, from, type, text: beginning(meta.type === 'text' ? meta.content : summary(meta), quoteChars) };
}
