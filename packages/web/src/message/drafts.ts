import { shallowReactive } from 'vue';

/** What was typed and not sent, per user and conversation; kept in this browser only. */
const drafts = shallowReactive(new Map<string, string>());
const prefix = 'flooim.draft.';

const keyOf = (self: number, peer: number): string => `${self}.${peer}`;

export function draftOf(self: number, peer: number): string {
  const key = keyOf(self, peer);
  return drafts.get(key) ?? localStorage.getItem(prefix + key) ?? '';
}

export function keepDraft(self: number, peer: number, text: string): void {
  const key = keyOf(self, peer);
  drafts.set(key, text);
  try {
    if (text) localStorage.setItem(prefix + key, text);
    else localStorage.removeItem(prefix + key);
  } catch {
    // A full or refused storage: the draft lives as long as the page.
  }
}
