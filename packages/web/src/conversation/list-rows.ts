import type { ConversationItem } from 'flooim';
import type { KeptRow } from './kept-rows.ts';
import type { FoundMessage } from './message-search.ts';

/** A line of the list. Only a heading cannot take the focus. */
export type ListRow =
  | { kind: 'heading'; key: string; of: 'people' | 'messages' }
  | { kind: 'conversation'; key: string; item: ConversationItem; mid?: string; kept?: KeptRow }
  | { kind: 'add'; key: string };

const rowOf = (item: ConversationItem) => ({ kind: 'conversation', key: String(item.id), item }) as const;

export const allRows = (items: readonly ConversationItem[]): ListRow[] => items.map(rowOf);

/** Rows as they were drawn last. */
export const sameRows = (kept: readonly KeptRow[]): ListRow[] => kept.map((row) => ({ ...rowOf(row.item), kept: row }));

/** A message as its conversation's row would show it if it were the last. */
function messageRow({ item, meta }: FoundMessage): ListRow {
  const { id, timestamp } = meta;
  const shown = { ...item, lastMessage: meta, timestamp, unread: 0, mentioned: false, pinned: false, draft: '' };
  return { kind: 'conversation', key: `${item.id}.${id}`, item: shown, mid: id };
}

/** What was found by name, then by what was said, and last the way to somebody new. */
export function foundRows(people: readonly ConversationItem[], messages: readonly FoundMessage[]): ListRow[] {
  if (people.length + messages.length === 0) return [];
  const rows: ListRow[] = people.map(rowOf);
  if (messages.length > 0) {
    if (rows.length > 0) rows.unshift({ kind: 'heading', key: 'people', of: 'people' });
    rows.push({ kind: 'heading', key: 'messages', of: 'messages' }, ...messages.map(messageRow));
  }
  return [...rows, { kind: 'add', key: 'add' }];
}
