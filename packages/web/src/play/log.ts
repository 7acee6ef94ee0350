import { computed, ref, shallowRef } from 'vue';
import { masked } from './masked.ts';

export type EntryKind = 'event' | 'frame' | 'rest';

export interface Entry {
  id: number;
  /** Ms since the epoch. */
  at: number;
  kind: EntryKind;
  /** Of what travels. */
  direction?: 'sent' | 'received';
  title: string;
  /** Of a frame. */
  bytes?: number;
  detail: unknown;
}

/** More nobody reads, and a page that stays open for days must not grow. */
export const mostEntries = 500;

const entries = shallowRef<readonly Entry[]>([]);
let lastId = 0;

export const isPaused = ref(false);
export const wanted = ref<Record<EntryKind, boolean>>({ event: true, frame: true, rest: true });
export const filterText = ref('');

/** The newest first. */
export const shownEntries = computed(() => {
  const text = filterText.value.trim().toLowerCase();
  const holds = ({ title, detail }: Entry) => `${title} ${JSON.stringify(detail)}`.toLowerCase().includes(text);
  return entries.value.filter((entry) => wanted.value[entry.kind] && (text === '' || holds(entry))).reverse();
});

/** Passwords and tokens in it are masked. */
export function note(entry: Omit<Entry, 'id' | 'at'>): void {
  if (isPaused.value) return;
  lastId++;
  const kept = { ...entry, detail: masked(entry.detail), id: lastId, at: Date.now() };
  entries.value = [...entries.value, kept].slice(-mostEntries);
}

export function clearLog(): void {
  entries.value = [];
}
