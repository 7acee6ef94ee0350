import type { ConversationItem } from 'flooim';
import { keepChoice, keptChoice } from '../app/kept-choice.ts';

/** A row of the list as it was drawn last: all of it, so that nothing else has to be read to draw it again. */
export interface KeptRow {
  item: ConversationItem;
  name: string;
  avatar: string;
  words: string;
}

/** More than a window shows. */
export const mostRows = 24;
/** More than a row shows. */
const mostLetters = 120;

const keyOf = (uid: number): string => `flooim.rows.${uid}`;
const short = (text: string): string => [...text.slice(0, 2 * mostLetters)].slice(0, mostLetters).join('');

function isRow(value: Partial<KeptRow> | null): value is KeptRow {
  const { item, name, avatar, words } = value ?? {};
  return Number.isInteger(item?.id) && [name, avatar, words].every((text) => typeof text === 'string');
}

/** The first rows of this user as they were when the page was left; none where nothing readable is kept. */
export function keptRows(uid: number): KeptRow[] {
  try {
    const known: unknown = JSON.parse(keptChoice(keyOf(uid)) ?? '[]');
    return Array.isArray(known) && known.every(isRow) ? known : [];
  } catch {
    return [];
  }
}

export function keepRows(uid: number, rows: readonly KeptRow[]): void {
  const kept = rows.slice(0, mostRows).map(({ item, name, avatar, words }) => ({
    item: { ...item, content: '', draft: short(item.draft), lastMessage: bare(item.lastMessage) },
    name,
    avatar,
    words: short(words),
  }));
  keepChoice(keyOf(uid), kept.length > 0 ? JSON.stringify(kept) : '');
}

/** Whose it is and what became of it; what it says is in the row's words. */
function bare(meta: ConversationItem['lastMessage']): ConversationItem['lastMessage'] {
  return meta && { ...meta, content: '', ext: '', config: '', attach: '' };
}
