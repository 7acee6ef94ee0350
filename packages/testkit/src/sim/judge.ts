import { ContentType, decodeMessageBody } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { check, type Violation } from '../checker.ts';
import type { DatabaseEntry, DatabaseRecord, DeviceLog, DeviceRecord, Run, SendRecord } from '../run.ts';
import type { Home, Said } from './browser.ts';
import type { ModelEntry, ModelLog } from './model-log.ts';
import type { ModelServer } from './model-server.ts';
import type { LoadedPage } from './page.ts';
import type { Tab } from './tab.ts';

/** How a run broke a promise: the checker's kinds, and those that only the inside of a device shows. */
export interface SimViolation {
  kind: Violation['kind'] | SimKind;
  text: string;
}

export type SimKind =
  /** Sent, shown or acknowledged before it was on the disk. */
  | 'unsafe'
  /** An event came again that may come once. */
  | 'told-twice'
  /** A message came without its event. */
  | 'untold'
  /** Stored for sending, and nothing ever became of it. */
  | 'send-lost'
  /** Not online, or something still waits, long after everything is right again. */
  | 'stuck'
  /** Shown although it was deleted or recalled. */
  | 'undead'
  /** What a page shows is not what its store has. */
  | 'torn'
  /** A message's status is not what the positions say. */
  | 'status-wrong'
  /** The SDK itself tells of a fault, or a promise of its own failed. */
  | 'error';

/** What the device does not know itself: it may have arrived. */
const unsure = /not known|conversation was deleted/;

export class Judge {
  readonly #server: ModelServer;
  readonly #log: ModelLog;
  readonly #tabs: readonly Tab[];
  readonly #homes: readonly Home[];
  readonly #messages: ModelEntry[];
  readonly #violations: SimViolation[] = [];

  constructor(server: ModelServer, tabs: readonly Tab[]) {
    this.#server = server;
    this.#log = server.log;
    this.#tabs = tabs;
    this.#homes = [...new Set(tabs.map((tab) => tab.browser))].flatMap((browser) => browser.homes);
    this.#messages = this.#log.entries().filter((entry) => entry.kind === 'message');
  }

  /** Everything that is wrong when nothing moves any more. */
  violations(): SimViolation[] {
    const pages = this.#tabs.flatMap(({ page }) => page ?? []);
    if (pages.length < this.#tabs.length) this.#report('stuck', 'a tab is empty');
    for (const page of pages) this.#checkPage(page);
    for (const home of this.#homes) for (const said of home.said.values()) this.#checkSaid(home, said);
    return [...this.#violations, ...check(this.#run(pages))];
  }

  #report(kind: SimKind, text: string): void {
    this.#violations.push({ kind, text });
  }

  #checkPage(page: LoadedPage): void {
    const { tab, database, home } = page;
    const rows = database && !page.isDegraded ? tab.browser.disk.rows<{ failed?: string }>(database, 'outbox') : [];
    if (rows.some((row) => row.failed === undefined)) this.#report('stuck', `${home.name} has something to send`);
    if (!page.isOnline) this.#report('stuck', `${home.name} is ${page.im.connection.state.name}`);
    for (const peer of this.#peers(tab.uid)) this.#checkConversation(page, peer);
  }

  #checkConversation(page: LoadedPage, peer: number): void {
    const { home } = page;
    const shown = page.im.rosterManage.getRosterMessageByRid(peer);
    if (shown.some(({ sending }) => sending === 'sending')) this.#report('stuck', `${home.name} is sending to ${peer}`);
    const sent = shown.filter(({ sending }) => sending === 'sent');
    const stored = storedMessages(page, peer);
    for (const { mid } of stored ?? []) {
      if (this.#isGone(page.tab.uid, peer, mid)) this.#report('undead', `${home.name}: ${mid} is in the store`);
    }
    for (const message of sent) this.#checkShown(page, peer, message);
    if (!stored) return;
    const newest = stored.slice(-sent.length || stored.length).map(({ mid, content }) => `${mid} ${content}`);
    if (newest.join() !== sent.map(({ id, content }) => `${id} ${content}`).join()) {
      this.#report('torn', `${home.name} shows ${sent.map(({ id }) => id)} of ${stored.map(({ mid }) => mid)}`);
    }
  }

  #checkShown({ tab, home }: LoadedPage, peer: number, { id, from, clientMid, status }: Meta): void {
    const mid = Number(id);
    if (this.#isGone(tab.uid, peer, mid)) this.#report('undead', `${home.name}: ${mid}`);
    const isTold = home.arrivals.get(peer)?.includes(mid) || home.untold.has(mid) || clientMid !== undefined;
    if (!isTold) this.#report('untold', `${home.name}: ${mid}`);
    if (Number(from) !== tab.uid || tab.browser.hadFaults) return;
    const { readMid, deliveredMid } = this.#log.inbox(peer, tab.uid);
    const expected = mid <= readMid ? 2 : mid <= deliveredMid ? 1 : 0;
    if (status !== expected) this.#report('status-wrong', `${home.name}: ${mid} is ${status} instead of ${expected}`);
  }

  #checkSaid(home: Home, said: Said): void {
    if (home.isBroken || !said.isStored || said.isDropped || said.outcome !== 'sending') return;
    if (!this.#entryOf(said)) this.#report('send-lost', `${home.name}: ${said.clientMid}, ${said.content}`);
  }

  #entryOf({ uid, peer, clientMid, content }: Said): ModelEntry | undefined {
    const log = this.#log.name(uid, peer);
    return this.#messages.find(
      (entry) =>
        entry.log === log && entry.from === uid && entry.clientMid === clientMid && textOf(entry.first) === content,
    );
  }

  #isGone(uid: number, peer: number, mid: number): boolean {
    const entry = this.#messages.find((message) => message.mid === mid);
    return entry?.recalled || this.#log.isDeleted(uid, mid) || mid <= this.#log.inbox(uid, peer).hiddenMid;
  }

  #peers(uid: number): number[] {
    return this.#server.users.filter((other) => other !== uid);
  }

  // For the checker

  #run(pages: readonly LoadedPage[]): Run {
    const names = this.#server.users.flatMap((uid) => this.#peers(uid).map((peer) => this.#log.name(uid, peer)));
    const members = (name: string) =>
      name
        .slice(1)
        .split(':')
        .map((uid) => ({ uid: Number(uid) }));
    return {
      logs: [...new Set(names)].map((id) => ({ id, members: members(id) })),
      sends: this.#homes.flatMap((home) => [...home.said.values()].map((said) => this.#send(home, said))),
      devices: pages.map((page) => this.#device(page)),
      history: [],
      database: this.#database(),
    };
  }

  #send(home: Home, said: Said): SendRecord {
    const { uid, peer, clientMid, content, outcome, mids, reason } = said;
    const isUnsure = home.isBroken || said.isDropped || unsure.test(reason);
    const refused = isUnsure ? 'unknown' : 'refused';
    return {
      log: this.#log.name(uid, peer),
      uid,
      deviceSN: this.#entryOf(said)?.device ?? 0,
      clientMid,
      content: mark(content, clientMid),
      outcome: outcome === 'sent' ? 'sent' : outcome === 'failed' ? refused : 'unknown',
      mids,
    };
  }

  #device(page: LoadedPage): DeviceRecord {
    const { uid } = page.tab;
    const deviceSN = page.im.userManage.getDeviceSN();
    const since = this.#server.since(deviceSN);
    const complete = page.isOnline && !page.isDegraded && !this.#hasSentUnheard(page.home);
    return { uid, deviceSN, since, complete, logs: this.#peers(uid).map((peer) => this.#deviceLog(page, peer, since)) };
  }

  /**
   * What the user threw away on its way may have arrived, or what the device gave up under its former name: this store alone
   * does not have it then.
   */
  #hasSentUnheard({ name }: Home): boolean {
    const said = this.#homes.filter((home) => home.name === name).flatMap((home) => [...home.said.values()]);
    return said.some((one) => (one.isDropped || unsure.test(one.reason)) && this.#entryOf(one));
  }

  #deviceLog(page: LoadedPage, peer: number, since: number): DeviceLog {
    const { tab, home, im } = page;
    const log = this.#log.name(tab.uid, peer);
    const stored = storedMessages(page, peer);
    const messages = stored ?? shownMessages(page, peer);
    const isUncertain = tab.browser.hadFaults;
    const { cursor = 0, readMid = 0 } = storedRow(page, peer) ?? {};
    const marks = this.#marks(tab.uid, peer);
    return {
      log,
      messages: messages.map(({ mid, from, content }) => ({
        mid,
        uid: from,
        content: this.#asSent(mid, content),
        recalled: false,
      })),
      keptAfter: stored || messages.length < 200 ? 0 : (messages[0]?.mid ?? 0) - 1,
      arrivals: home.arrivals.get(peer) ?? [],
      ...(stored && !this.#hasSentUnheard(home) && { cursors: [cursor] }),
      ...(stored && !isUncertain && { reads: [readMid] }),
      ...(since === 0 && !isUncertain && { unread: im.rosterManage.getUnreadCount(peer) - marks }),
    };
  }

  /** Messages that the user has read and marked unread again. */
  #marks(uid: number, peer: number): number {
    const { marks, readMid } = this.#log.inbox(uid, peer);
    return [...marks].filter((mid) => mid <= readMid && !this.#isGone(uid, peer, mid)).length;
  }

  /** Under the words that it was sent with, if it is shown as it is now. */
  #asSent(mid: number, content: string): string {
    const entry = this.#messages.find((message) => message.mid === mid);
    if (!entry || entry.recalled || textOf(entry.payload) !== content) return content;
    return mark(textOf(entry.first), entry.clientMid);
  }

  #database(): DatabaseRecord {
    const entries = this.#log.entries().filter((entry) => entry.log.startsWith('p'));
    const hidden = this.#server.users.flatMap((uid) =>
      this.#messages.filter((entry) => this.#isHidden(uid, entry)).map(({ mid }) => ({ uid, mid })),
    );
    const pairs = this.#server.users.flatMap((uid) => this.#peers(uid).map((peer) => ({ uid, peer })));
    return {
      entries: entries.map(databaseEntry),
      cursors: this.#log.cursors(),
      reads: pairs.map(({ uid, peer }) => ({
        uid,
        log: this.#log.name(uid, peer),
        mid: this.#log.inbox(uid, peer).readMid,
      })),
      deleted: [...this.#log.deleted(), ...hidden],
    };
  }

  #isHidden(uid: number, { users, mid }: ModelEntry): boolean {
    const peer = users.find((other) => other !== uid) ?? 0;
    return users.includes(uid) && mid <= this.#log.inbox(uid, peer).hiddenMid;
  }
}

interface HeldMessage {
  mid: number;
  from: number;
  content: string;
}

/** What the page's database has of a conversation; undefined where it has none, or one that failed. */
function storedMessages({ tab, database, isDegraded }: LoadedPage, peer: number): HeldMessage[] | undefined {
  if (!database || isDegraded) return undefined;
  const rows = tab.browser.disk.rows<HeldMessage & { cid: number }>(database, 'messages');
  return rows.filter(({ cid }) => cid === peer).sort((a, b) => a.mid - b.mid);
}

function storedRow({ tab, database }: LoadedPage, peer: number): { cursor: number; readMid: number } | undefined {
  return tab.browser.disk.row(database ?? '', 'conversations', peer);
}

function shownMessages({ im }: LoadedPage, peer: number): HeldMessage[] {
  const sent = im.rosterManage.getRosterMessageByRid(peer).filter(({ sending }) => sending === 'sent');
  return sent.map(({ id, from, content }) => ({ mid: Number(id), from: Number(from), content }));
}

function databaseEntry({ mid, log, kind, recalled, from, device, clientMid, first }: ModelEntry): DatabaseEntry {
  const content = kind === 'message' && !recalled ? mark(textOf(first), clientMid) : '';
  return { mid, log, kind, recalled, uid: from, deviceSN: device, clientMid: clientMid ?? null, content };
}

/** The same words under another client mid are another message. */
function mark(content: string, clientMid: number | undefined): string {
  return `${content} #${clientMid}`;
}

function textOf(payload: Uint8Array): string {
  const { ctype, content } = decodeMessageBody(payload);
  return ctype === ContentType.TEXT ? content : '';
}
