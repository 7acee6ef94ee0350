import type { Meta } from 'flooim';
import { onScopeDispose, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { appid } from '../../appid.ts';
import { conversationAvatar, conversationName, conversationPath } from '../../conversation/conversation-name.ts';
import { useConversations } from '../../conversation/conversation-store.ts';
import { useGroups } from '../../group/group-store.ts';
import { t } from '../../i18n/i18n.ts';
import { im, slot } from '../../im.ts';
import { beginning } from '../../message/beginning.ts';
import { summary } from '../../message/summary.ts';
import { addressOf, ownPath } from '../../session/account-slots.ts';
import { useSession } from '../../session/session-store.ts';
import { avatarUrl } from '../../user/avatar-url.ts';
import { useNoticeSettings } from '../../user/notice-settings.ts';
import { useConnection } from '../connection-store.ts';
import { noticePermission, readNoticePermission } from './notice-permission.ts';
import { type Arrived, type Notice, planNotices } from './notice-plan.ts';
import { playNoticeSound } from './notice-sound.ts';
import { closeNotice, closeNotices, showNotice } from './shown-notices.ts';
import { TabAttention } from './tab-attention.ts';
import { useTeller } from './use-teller.ts';

/** Messages that come closer together than this are told of together. */
const gatherMs = 500;
/** What comes so soon after the connection is what was missed. */
const catchUpMs = 6000;
const longestBody = 160;

/** Tells of messages while nobody looks, from one tab of all; call it once somebody is signed in. */
export function useNotifications(): void {
  const [route, router] = [useRoute(), useRouter()];
  const { uid } = useSession();
  const conversations = useConversations();
  const groups = useGroups();
  const connection = useConnection();
  const settings = useNoticeSettings();
  const self = String(uid);
  /** Two accounts of a browser may have the same conversation. */
  const ownTags = `flooim.${uid}.`;
  const tagOf = (cid: number): string => `${ownTags}${cid}`;
  const summaryTag = `${ownTags}summary`;

  function open(address: string): void {
    const path = ownPath(address, slot, appid);
    if (path) void router.push(path);
  }

  const isLookingAt = (cid: number): boolean =>
    document.visibilityState === 'visible' &&
    document.hasFocus() &&
    route.name === 'chat' &&
    Number(route.params.id) === cid;
  const attention = new TabAttention(uid, isLookingAt);
  const isTeller = useTeller(uid);

  let onlineAt = Date.now();
  watch(
    () => connection.connected,
    (up) => {
      if (up) onlineAt = Date.now();
    },
  );

  const metas = new Map<string, Meta>();
  const mentions = new Set<string>();
  let arrived: Arrived[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;

  function came(cid: number, meta: Meta): void {
    if (meta.from === self || meta.type === 'command' || noticePermission.value !== 'granted') return;
    metas.set(meta.id, meta);
    arrived.push({ cid, mid: meta.id });
    gathering ??= setTimeout(tell, gatherMs);
  }

  /** Muted ones tell only of who was meant; what was read meanwhile, here or elsewhere, is no news. */
  function isWanted({ cid, mid }: Arrived): boolean {
    const item = conversations.byId.get(cid);
    return !!item && item.unread > 0 && (!item.muted || mentions.has(mid));
  }

  async function tell(): Promise<void> {
    // A message may be quicker than what the user wants to be told of.
    await settings.load();
    conversations.settle();
    const wanted = arrived.filter(isWanted);
    const known = new Map(metas);
    arrived = [];
    gathering = undefined;
    metas.clear();
    mentions.clear();
    if (wanted.length === 0 || !isTeller() || !settings.enabled || settings.isQuiet()) return;
    const cids = [...new Set(wanted.map(({ cid }) => cid))];
    const seen = await Promise.all(cids.map((cid) => attention.isSeen(cid)));
    const unseen = wanted.filter(({ cid }) => !seen[cids.indexOf(cid)]);
    const notices = planNotices(unseen, Date.now() - onlineAt < catchUpMs);
    const silent = notices.length === 0 || !settings.sound || playNoticeSound();
    // One of them makes the browser's own sound, where ours may not be heard.
    for (const [i, notice] of notices.entries()) await show(notice, known, silent || i > 0);
  }

  async function show(notice: Notice, known: ReadonlyMap<string, Meta>, silent: boolean): Promise<void> {
    const words = notice.kind === 'summary' ? summaryWords(notice) : conversationWords(notice, known.get(notice.mid));
    const { path, ...said } = words;
    const shown = { ...said, address: addressOf(path, slot, appid), silent, vibrate: settings.vibrate };
    await showNotice(shown, open).catch(readNoticePermission);
  }

  function summaryWords({ messages, conversations: n }: Notice & { kind: 'summary' }) {
    const body = t('notify.summary', { messages: t('notify.messages', { n: messages }, messages), n }, n);
    return { tag: summaryTag, title: 'flooim', body, path: '/' };
  }

  function conversationWords({ cid, count }: Notice & { kind: 'conversation' }, meta: Meta | undefined) {
    const place = { tag: tagOf(cid), path: conversationPath(cid) };
    const unread = conversations.byId.get(cid)?.unread ?? count;
    const plain = t('notify.messages', { n: unread }, unread);
    if (!settings.details || !meta) return { ...place, title: 'flooim', body: plain };
    const name = conversationName(cid);
    const said = summary(meta);
    const body =
      meta.toType === 'group'
        ? t('conversation.said', { name: groups.author(cid, Number(meta.from)).name, text: said })
        : said;
    const icon = avatarUrl(conversationAvatar(cid));
    return {
      ...place,
      title: unread > 1 ? t('notify.title', { name, n: unread }) : name,
      body: beginning(body, longestBody),
      ...(icon ? { icon } : {}),
    };
  }

  const listeners = {
    onRosterMessage: (meta: Meta) => came(Number(meta.from === self ? meta.to : meta.from), meta),
    onGroupMessage: (meta: Meta) => came(Number(meta.to), meta),
    onMentionMessage: (meta: Meta) => void mentions.add(meta.id),
  };
  im.on(listeners);

  // Read, here or on another device: the line about it goes.
  watch(
    () => conversations.items,
    (items, before) => {
      if (noticePermission.value !== 'granted' || !isTeller()) return;
      const unreadNow = new Set(items.filter(({ unread }) => unread > 0).map(({ id }) => id));
      for (const { id, unread } of before) if (unread > 0 && !unreadNow.has(id)) void closeNotice(tagOf(id));
      if (unreadNow.size === 0) void closeNotice(summaryTag);
    },
  );

  /** The worker asks all tabs whose an address is, and then one of them to open it. */
  const onWorkerMessage = ({ data, ports: [answer] }: MessageEvent<unknown>): void => {
    if (typeof data !== 'object' || data === null) return;
    if ('whose' in data) answer?.postMessage(ownPath(String(data.whose), slot, appid) !== null);
    if ('open' in data) open(String(data.open));
  };
  navigator.serviceWorker?.addEventListener('message', onWorkerMessage);
  addEventListener('focus', readNoticePermission);
  onScopeDispose(() => {
    im.off(listeners);
    clearTimeout(gathering);
    attention.close();
    navigator.serviceWorker?.removeEventListener('message', onWorkerMessage);
    removeEventListener('focus', readNoticePermission);
    // Signed out: what was said to this account is nobody else's.
    void closeNotices(ownTags);
  });
}
