import { limits } from '@flooim/protocol';
import { defineStore } from 'pinia';
import { shallowRef, watch } from 'vue';
import { im } from '../im.ts';
import { useSession } from '../session/session-store.ts';

/** Asked somebody to be friends, or a group to be let in. */
export interface SentRequest {
  kind: 'person' | 'group';
  id: number;
  /** Ms since the epoch. */
  sentAt: number;
  /** What was said with it. */
  reason: string;
  declined: boolean;
  /** What was said with the refusal. */
  answer: string;
}

const storageKey = (uid: number): string => `flooim.sent.${uid}`;

function isSent(value: unknown): value is SentRequest {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Partial<SentRequest>;
  return (one.kind === 'person' || one.kind === 'group') && Number.isInteger(one.id) && Number.isFinite(one.sentAt);
}

function stored(uid: number): SentRequest[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey(uid)) ?? '[]');
    const since = Date.now() - limits.applicationTtlMs;
    return Array.isArray(value) ? value.filter(isSent).filter(({ sentAt }) => sentAt > since) : [];
  } catch {
    return [];
  }
}

/** What was asked from this device: the server tells a user only what others ask of him. */
export const useSentRequests = defineStore('sent-requests', () => {
  const session = useSession();
  const all = shallowRef<readonly SentRequest[]>([]);

  watch(
    () => session.uid,
    (uid) => {
      all.value = uid ? stored(uid) : [];
    },
    { immediate: true },
  );

  function keep(requests: readonly SentRequest[]): void {
    all.value = requests;
    try {
      localStorage.setItem(storageKey(session.uid), JSON.stringify(requests));
    } catch {
      // Storage is off or full: they are known until the page goes.
    }
  }

  const find = (kind: SentRequest['kind'], id: number): SentRequest | undefined =>
    all.value.find((one) => one.kind === kind && one.id === id);

  function forget(kind: SentRequest['kind'], id: number): void {
    if (find(kind, id)) keep(all.value.filter((one) => one.kind !== kind || one.id !== id));
  }

  function sent(kind: SentRequest['kind'], id: number, reason: string): void {
    const others = all.value.filter((one) => one.kind !== kind || one.id !== id);
    keep([{ kind, id, sentAt: Date.now(), reason, declined: false, answer: '' }, ...others]);
  }

  function declined(kind: SentRequest['kind'], id: number, answer: string): void {
    if (!find(kind, id)) return;
    keep(all.value.map((one) => (one.kind === kind && one.id === id ? { ...one, declined: true, answer } : one)));
  }

  im.on({
    onRosterListUpdate: ({ type, from, to, content }) => {
      if (type === 'declined' && Number(to) === session.uid) declined('person', Number(from), content);
      // Friends now, whoever of the two said yes.
      if (type === 'accepted' || type === 'added') for (const uid of [from, to]) forget('person', Number(uid));
    },
    onGroupApplyDeclined: ({ groupId, toUids, content }) => {
      if (toUids.includes(session.uid)) declined('group', groupId, content);
    },
    onGroupJoined: ({ groupId, from }) => {
      if (Number(from) === session.uid) forget('group', groupId);
    },
  });

  return { all, find, sent, forget };
});
