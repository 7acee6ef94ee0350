import type { Meta, RosterMessage } from 'flooim';
import { defineStore } from 'pinia';
import { ref, shallowReactive } from 'vue';
import { reasonText } from '../app/error-text.ts';
import { useConversations } from '../conversation/conversation-store.ts';
import { useGroups } from '../group/group-store.ts';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';
import type { MessageExtras } from './extras.ts';
import { keptLines, type Recalled, recalledLine } from './kept-lines.ts';
import { leaveSoon, withoutLeaving } from './leaving-messages.ts';
import { steady } from './steady.ts';

export type OlderState = 'idle' | 'loading' | 'failed' | 'end';

/** One open or formerly open conversation. Replaced as a whole, never changed. */
export interface Chat {
  messages: readonly Meta[];
  recalled: readonly Recalled[];
  older: OlderState;
}

const pageSize = 40;
/** Whoever has gone back so far goes on: fewer and larger steps, each of which costs by what is loaded already. */
const farMessages = 400;
const farPageSize = 200;
/** Of what came elsewhere so many are remembered, should they be taken back. */
const mostArrived = 500;
const noChat: Chat = { messages: [], recalled: [], older: 'idle' };

export const useMessages = defineStore('messages', () => {
  const { isGroup } = useGroups();
  const chats = shallowReactive(new Map<number, Chat>());
  /** Conversations on the screen: the only ones worth reading again at every event. */
  const shown = new Set<number>();
  const listeners = new Set<(uid: number, meta: Meta) => void>();
  /** Counts what may change who has read something. */
  const readings = ref(0);

  const chat = (uid: number): Chat => chats.get(uid) ?? noChat;
  const change = (uid: number, part: Partial<Chat>): void => void chats.set(uid, { ...chat(uid), ...part });

  function read(uid: number): void {
    const now = isGroup(uid) ? im.groupManage.getGruopMessage(uid) : im.rosterManage.getRosterMessageByRid(uid);
    change(uid, { messages: steady(chat(uid).messages, withoutLeaving(now)) });
  }

  /** On all devices of the user, when `forMs` are over or the page is left; until then it can be taken back. */
  function removeLater(uid: number, mids: readonly string[], forMs: number): { takeBack: () => void } {
    const { takeBack } = leaveSoon(mids, (mid) => im.rosterManage.deleteMessage(uid, mid), forMs);
    readSoon(uid);
    return {
      takeBack: () => {
        takeBack();
        readSoon(uid);
      },
    };
  }

  /** In conversations that were not opened: what came since the start, and what the list shows. The SDK has let go of it. */
  const arrived = new Map<string, Meta>();
  function unseen(uid: number, mid: string): Meta | undefined {
    const last = useConversations().byId.get(uid)?.lastMessage;
    return last?.id === mid ? last : arrived.get(mid);
  }

  function noteArrived(meta: Meta): void {
    arrived.set(meta.id, meta);
    const [oldest] = arrived.keys();
    if (arrived.size > mostArrived && oldest) arrived.delete(oldest);
  }

  /** Those of this page too, which may not be stored yet. */
  async function readRecalled(uid: number): Promise<void> {
    const lines = await keptLines.of(im.userManage.getUid(), uid);
    const known = chat(uid).recalled;
    const mids = new Set(known.map(({ mid }) => mid));
    const kept = lines.flatMap((line) => (line.kind === 'recalled' && !mids.has(line.id) ? line.recalled : []));
    if (kept.length > 0) change(uid, { recalled: [...kept, ...known] });
  }

  function noteRecalled(uid: number, meta: Meta): void {
    const own = meta.from === String(im.userManage.getUid());
    const text = own && meta.type === 'text' ? meta.content : '';
    const line = { mid: meta.id, at: Number(meta.timestamp), from: meta.from, own, text };
    change(uid, { recalled: [...chat(uid).recalled, line] });
    void keptLines.keep(im.userManage.getUid(), uid, recalledLine(line));
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

  function came(uid: number, meta: Meta): void {
    if (shown.has(uid)) readSoon(uid);
    else noteArrived(meta);
    for (const listener of listeners) listener(uid, meta);
  }

  im.on({
    onRosterMessage: (meta) => came(Number(meta.from === String(im.userManage.getUid()) ? meta.to : meta.from), meta),
    onGroupMessage: (meta) => came(Number(meta.to), meta),
    onMessageRecalled: ({ uid, mid }) => {
      const meta = chat(Number(uid)).messages.find((one) => one.id === mid) ?? unseen(Number(uid), mid);
      if (meta) noteRecalled(Number(uid), meta);
      readSoon(Number(uid));
    },
    onMessageDeleted: ({ uid }) => readSoon(Number(uid)),
    onMessageCanceled: ({ uid }) => readSoon(Number(uid)),
    onMessageEdited: ({ uid }) => readSoon(Number(uid)),
    onMessageStatusChanged: ({ uid }) => {
      readings.value += 1;
      readSoon(Number(uid));
    },
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
      if (notice.category !== 'conversation_deleted') return;
      chats.delete(notice.desc.id);
      void keptLines.forget(im.userManage.getUid(), notice.desc.id);
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
    void readRecalled(uid);
    if (chat(uid).messages.length < pageSize) void loadOlder(uid);
  }

  const pageOf = (uid: number): number => (chat(uid).messages.length < farMessages ? pageSize : farPageSize);
  const loadings = new Map<number, Promise<boolean>>();

  /** False: it failed. Whoever asks while it is under way waits for the same answer. */
  function loadOlder(uid: number, amount = pageOf(uid)): Promise<boolean> {
    const loading = loadings.get(uid) ?? loadPage(uid, amount).finally(() => loadings.delete(uid));
    loadings.set(uid, loading);
    return loading;
  }

  async function loadPage(uid: number, amount: number): Promise<boolean> {
    const { older, messages } = chat(uid);
    if (older === 'end') return true;
    change(uid, { older: 'loading' });
    const connected = isConnected();
    const oldest = messages.find((one) => one.sending === 'sent')?.id ?? 0;
    try {
      const page = await im.sysManage.requireHistoryMessage(uid, oldest, amount);
      read(uid);
      change(uid, { older: page.next === 0 ? 'end' : 'idle' });
      return true;
    } catch {
      change(uid, { older: 'failed' });
      // The connection came while the answer was awaited.
      return !connected && isConnected() && loadPage(uid, amount);
    }
  }

  /** Returns the client mid. */
  function put({ uid, ...message }: RosterMessage & { uid: number }): string {
    const { sendGroupMessage, sendRosterMessage } = im.sysManage;
    const clientMid = isGroup(uid)
      ? sendGroupMessage({ gid: uid, ...message })
      : sendRosterMessage({ uid, ...message });
    read(uid);
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
    arrived.clear();
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
    send: (uid: number, content: string, extras: MessageExtras = {}) => put({ uid, content, type: 'text', ...extras }),
    sendFile: (
      uid: number,
      type: 'image' | 'video' | 'file' | 'audio' | 'location',
      attachment: Record<string, unknown>,
      extras: MessageExtras = {},
    ) => put({ uid, content: '', type, attachment, ...extras }),
    sendRecord: (uid: number, content: string, extras: MessageExtras) =>
      put({ uid, content, type: 'forward', ...extras }),
    forward: (uid: number, mid: string) => {
      im.sysManage.forwardMessage(isGroup(uid) ? { gid: uid, mid } : { uid, mid });
      readSoon(uid);
    },
    readers: (gid: number, mid: string): number[] => {
      void readings.value;
      return im.sysManage.getMessageReaders(gid, mid);
    },
    resend,
    discard,
    load,
    onMessage,
    recall: (uid: number, mid: string) => (isGroup(uid) ? im.groupManage : im.rosterManage).recallMessage(uid, mid),
    removeLater,
    markUnread: (uid: number, mid: string) => im.rosterManage.unreadMessage(uid, mid),
    markRead: (uid: number) =>
      isGroup(uid) ? im.groupManage.readGroupMessage(uid) : im.rosterManage.readRosterMessage(uid),
  };
});
