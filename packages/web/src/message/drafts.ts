import { limits } from '@flooim/protocol';
import type { ConversationItem } from 'flooim';
import { shallowReactive } from 'vue';
import { im } from '../im.ts';
import type { Mention } from './composer/mention.ts';

/** What was begun and not sent in a conversation. */
export interface Draft {
  text: string;
  /** Those that were chosen with `@`. */
  mentions: readonly Mention[];
}

/**
 * The user's other devices know the text (`ConversationItem.draft`), as far as it is not longer than a shared draft may be;
 * the rest of a draft, and what they were not told yet, this browser keeps.
 */
interface Kept extends Draft {
  /** The text as the others were told it. */
  told: string;
}

const prefix = 'flooim.draft.';
/** Words are told when nobody has typed for so long. */
const restMs = 1500;
const none: Kept = { text: '', mentions: [], told: '' };

const drafts = shallowReactive(new Map<string, Kept>());
const keyOf = (self: number, peer: number): string => `${self}.${peer}`;

function stored(key: string): Kept {
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(prefix + key) ?? '{}') as Partial<Kept>) };
  } catch {
    // No storage, or nothing readable in it.
    return none;
  }
}

const keptOf = (self: number, peer: number): Kept => drafts.get(keyOf(self, peer)) ?? stored(keyOf(self, peer));

function put(self: number, peer: number, kept: Kept): void {
  const key = keyOf(self, peer);
  drafts.set(key, kept);
  try {
    if (kept.text || kept.told) localStorage.setItem(prefix + key, JSON.stringify(kept));
    else localStorage.removeItem(prefix + key);
  } catch {
    // A full or refused storage: the draft lives as long as the page.
  }
}

type Shared = Pick<ConversationItem, 'id' | 'draft'>;

/** What was written here and not told yet counts; else what the user wrote last, on whichever device. */
export function draftOf(self: number, { id, draft: shared }: Shared): Draft {
  const kept = keptOf(self, id);
  return kept.text === kept.told ? { ...kept, text: shared } : kept;
}

const resting = new Map<string, ReturnType<typeof setTimeout>>();

/** Keeps what changed, and tells the text to the user's other devices soon; an empty one, which was sent, at once. */
export function keepDraft(self: number, peer: number, change: Partial<Draft>): void {
  put(self, peer, { ...keptOf(self, peer), ...change });
  if (change.text === undefined) return;
  const key = keyOf(self, peer);
  clearTimeout(resting.get(key));
  resting.set(
    key,
    setTimeout(() => void tellDraft(self, peer), change.text ? restMs : 0),
  );
}

/** Tells the text now: whoever leaves a conversation goes on elsewhere. */
export async function tellDraft(self: number, peer: number): Promise<void> {
  const key = keyOf(self, peer);
  clearTimeout(resting.get(key));
  resting.delete(key);
  const { text, told } = keptOf(self, peer);
  if (text === told || text.length > limits.draftChars || self !== im.userManage.getUid()) return;
  try {
    await im.userManage.asyncSetDraft({ conversation_id: peer, draft: text });
    put(self, peer, { ...keptOf(self, peer), told: text });
    // Sent or changed while it was being told.
    if (keptOf(self, peer).text !== text && !resting.has(key)) void tellDraft(self, peer);
  } catch {
    // No connection, or nobody to write to: it stays here, and the next change or connection tries again.
  }
}

function storedKeys(): string[] {
  try {
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : []));
  } catch {
    return [];
  }
}

/** Those too that an earlier page had no time to tell. */
function tellAll(): void {
  for (const key of new Set([...drafts.keys(), ...storedKeys()])) {
    const [self, peer] = key.split('.').map(Number);
    if (self && peer) void tellDraft(self, peer);
  }
}

im.on({ connectionChange: ({ name }) => name === 'online' && tellAll() });
if (im.connection.state.name === 'online') tellAll();
