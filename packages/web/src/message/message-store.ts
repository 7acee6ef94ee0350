import type { Meta, RosterMessage } from 'flooim';
import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { reasonText } from '../app/error-text.ts';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';

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
}

const pageSize = 40;
const noChat: Chat = { messages: [], recalled: [], older: 'idle' };

export const useMessages = defineStore('messages', () => {
  const chats = shallowReactive(new Map<number, Chat>());
  /** Conversations on the screen: the only ones worth reading again at every event. */
  const shown = new Set<number>();
  const listeners = new Set<(uid: number, meta: Meta) => void>();

  const chat = (uid: number): Chat => chats.get(uid) ?? noChat;
  const change = (uid: number, part: Partial<Chat>): void => void chats.set(uid, { ...chat(uid), ...part });

  function read(uid: number): void {
    change(uid, { messages: im.rosterManage.getRosterMessageByRid(uid) });
  }

  // Events come in bursts; a conversation is read once for all of a tick.
  const stale = new Set<number>();
  function readSoon(uid: number): void {
    if (!shown.has(uid)) return;
    if (stale.size === 0) {
      queueMicrotask(() => {
        const uids = [...stale];
        stale.clear();
        uids.forEach(read);
      });
    }
    stale.add(uid);
  }

  const isConnected = (): boolean => im.connection.state.name === 'online';
  const readShown = (): void => shown.forEach(readSoon);

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
    onSendingMessageStatusChanged: readShown,
    onReceiveHistoryMsg: ({ uid }) => readSoon(uid),
    // A catch-up may have brought what no single event tells.
    recentlistUpdate: readShown,
    // What failed for want of a connection is asked for again without a click.
    connectionChange: ({ name }) => {
      if (name !== 'online') return;
      for (const uid of shown) if (chat(uid).older === 'failed') void loadOlder(uid);
    },
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
    shown.add(uid);
    read(uid);
    if (chat(uid).messages.length < pageSize) void loadOlder(uid);
  }

  async function loadOlder(uid: number): Promise<void> {
    const { older, messages } = chat(uid);
    if (older === 'loading' || older === 'end') return;
    change(uid, { older: 'loading' });
    const connected = isConnected();
    const oldest = messages.find((one) => one.sending === 'sent')?.id ?? 0;
    try {
      const page = await im.sysManage.requireHistoryMessage(uid, oldest, pageSize);
      read(uid);
      change(uid, { older: page.next === 0 ? 'end' : 'idle' });
    } catch {
      change(uid, { older: 'failed' });
      // The connection came while the answer was awaited.
      if (!connected && isConnected()) void loadOlder(uid);
    }
  }

  /** Returns the client mid. */
  function put(message: RosterMessage & { uid: number }): string {
    const clientMid = im.sysManage.sendRosterMessage(message);
    read(message.uid);
    return String(clientMid);
  }

  function resend(uid: number, mid: string): void {
    im.sysManage.resendMessage(uid, mid);
    read(uid);
  }

  function discard(uid: number, mid: string): void {
    im.sysManage.discardMessage(uid, mid);
    read(uid);
  }

  function close(uid: number): void {
    shown.delete(uid);
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
    chat,
    open,
    close,
    loadOlder,
    send: (uid: number, content: string) => put({ uid, content, type: 'text' }),
    sendFile: (uid: number, type: 'image' | 'video' | 'file' | 'audio', attachment: Record<string, unknown>) =>
      put({ uid, content: '', type, attachment }),
    resend,
    discard,
    load,
    onMessage,
    recall: (uid: number, mid: string) => im.rosterManage.recallMessage(uid, mid),
    remove: (uid: number, mid: string) => im.rosterManage.deleteMessage(uid, mid),
    markUnread: (uid: number, mid: string) => im.rosterManage.unreadMessage(uid, mid),
    markRead: (uid: number) => im.rosterManage.readRosterMessage(uid),
  };
});
