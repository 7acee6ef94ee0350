import type { Meta } from 'flooim';
import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';
import { reasonText } from '../app/error-text.ts';

/** A message that was taken back: where it stood, and its text if it was the user's own. */
export interface Recalled {
  mid: string;
  at: number;
  own: boolean;
  text: string;
}

export type OlderState = 'idle' | 'loading' | 'failed' | 'end';

/** One open or formerly open conversation. Replaced as a whole, never changed. */
export interface Chat {
  messages: readonly Meta[];
  recalled: readonly Recalled[];
  older: OlderState;
  /** Counts the pages of history that came above, so that the list can keep its place. */
  pagesAbove: number;
}

const pageSize = 40;
const noChat: Chat = { messages: [], recalled: [], older: 'idle', pagesAbove: 0 };

export const useMessages = defineStore('messages', () => {
  const chats = shallowReactive(new Map<number, Chat>());
  const listeners = new Set<(uid: number, meta: Meta) => void>();

  const chat = (uid: number): Chat => chats.get(uid) ?? noChat;
  const change = (uid: number, part: Partial<Chat>): void => void chats.set(uid, { ...chat(uid), ...part });

  function read(uid: number): void {
    change(uid, { messages: im.rosterManage.getRosterMessageByRid(uid) });
  }

  // Events come in bursts; a conversation is read once for all of a tick.
  const stale = new Set<number>();
  function readSoon(uid: number): void {
    if (!chats.has(uid)) return;
    if (stale.size === 0) {
      queueMicrotask(() => {
        const uids = [...stale];
        stale.clear();
        uids.forEach(read);
      });
    }
    stale.add(uid);
  }

  const readAll = (): void => [...chats.keys()].forEach(readSoon);

  im.on({
    onRosterMessage: (meta) => {
      const self = String(im.userManage.getUid());
      const uid = Number(meta.from === self ? meta.to : meta.from);
      readSoon(uid);
      for (const listener of listeners) listener(uid, meta);
    },
    onMessageRecalled: ({ uid, mid }) => {
      const known = chat(Number(uid));
      const meta = known.messages.find((one) => one.id === mid);
      if (!meta) return readSoon(Number(uid));
      const own = meta.from === String(im.userManage.getUid());
      const text = own && meta.type === 'text' ? meta.content : '';
      change(Number(uid), { recalled: [...known.recalled, { mid, at: Number(meta.timestamp), own, text }] });
      readSoon(Number(uid));
    },
    onMessageDeleted: ({ uid }) => readSoon(Number(uid)),
    onMessageCanceled: ({ uid }) => readSoon(Number(uid)),
    onMessageStatusChanged: ({ uid }) => readSoon(Number(uid)),
    onSendingMessageStatusChanged: readAll,
    onReceiveHistoryMsg: ({ uid }) => readSoon(uid),
    // A catch-up may have brought what no single event tells.
    recentlistUpdate: readAll,
    flooNotice: (notice) => {
      if (notice.category === 'conversation_deleted') chats.delete(notice.desc.id);
    },
    flooError: ({ category, desc }) => {
      // A refused message shows its reason on its own bubble; a refused recall has no bubble of its own.
      if (category === 'MESSAGE' && /recall/.test(desc)) toast(reasonText(desc), 'error');
    },
  });

  /** Paints from the local store at once; asks the server only when there is nothing. */
  function open(uid: number): void {
    if (!chats.has(uid)) change(uid, {});
    read(uid);
    if (chat(uid).messages.length < pageSize) void loadOlder(uid);
  }

  async function loadOlder(uid: number): Promise<void> {
    const { older, messages } = chat(uid);
    if (older === 'loading' || older === 'end') return;
    change(uid, { older: 'loading' });
    const oldest = messages.find((one) => one.sending === 'sent')?.id ?? 0;
    try {
      const page = await im.sysManage.requireHistoryMessage(uid, oldest, pageSize);
      read(uid);
      const { pagesAbove } = chat(uid);
      change(uid, { older: page.next === 0 ? 'end' : 'idle', pagesAbove: pagesAbove + 1 });
    } catch {
      change(uid, { older: 'failed' });
    }
  }

  function send(uid: number, content: string): void {
    im.sysManage.sendRosterMessage({ uid, content, type: 'text' });
    read(uid);
  }

  function resend(uid: number, mid: string): void {
    im.sysManage.resendMessage(uid, mid);
    read(uid);
  }

  function discard(uid: number, mid: string): void {
    im.sysManage.discardMessage(uid, mid);
    read(uid);
  }

  function load(): void {
    chats.clear();
  }

  /** Called with every message that arrives, in any conversation. */
  function onMessage(listener: (uid: number, meta: Meta) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    chat, open, loadOlder, send, resend, discard, load, onMessage,
    recall: (uid: number, mid: string) => im.rosterManage.recallMessage(uid, mid),
    remove: (uid: number, mid: string) => im.rosterManage.deleteMessage(uid, mid),
    markUnread: (uid: number, mid: string) => im.rosterManage.unreadMessage(uid, mid),
    markRead: (uid: number) => im.rosterManage.readRosterMessage(uid),
  };
});
