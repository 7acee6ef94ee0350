import {
  Command,
  ConversationType,
  closeCodes,
  decodeFrame,
  decodeMessageBody,
  decodeProvision,
  decodeSyncUL,
  decodeUnreadUL,
  encodeFrame,
  encodeNotice,
  encodeProvision,
  encodeSyncDL,
  encodeUnreadDL,
  type Frame,
  limits,
  MessageType,
  type Meta,
  Namespace,
  type Provision,
  QoS,
  StatusCode,
  type SyncDL,
  type SyncUL,
  UnreadScope,
  Vsn,
} from '@flooim/protocol';
import type { Link, ServerSocket } from './link.ts';
import { type ModelEntry, metaOf } from './model-log.ts';
import type { ModelServer } from './model-server.ts';
import { write } from './model-writes.ts';

const ok = { code: StatusCode.OK, reason: '' };
const idleMs = 120_000;
/** So long what was sent behind something refused is refused too. */
const refusedMs = 40_000;

/** One connection's life; frames in order. */
export class Session implements ServerSocket {
  uid = 0;
  device = 0;
  readonly link: Link;
  readonly #server: ModelServer;
  #seenAt: number;
  #isOver = false;
  /** The first of what was refused, by conversation: what was sent behind it must not overtake it. */
  readonly #refused = new Map<number, { clientMid: number; until: number }>();

  constructor(server: ModelServer, link: Link) {
    this.#server = server;
    this.link = link;
    this.#seenAt = server.now;
    this.#watch();
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#seenAt = this.#server.now;
    const frame = decodeFrame(bytes);
    if (frame.command === Command.PROVISION) this.#provision(decodeProvision(frame.payload));
    else if (this.uid === 0) this.answer({ status: { code: StatusCode.UNAUTHORIZED, reason: 'you must login first' } });
    else this.#dispatch(frame);
  }

  lost(): void {
    this.#isOver = true;
    this.#server.left(this);
  }

  end(code: number): void {
    if (this.#isOver) return;
    this.lost();
    this.link.end(code);
  }

  answer(sync: Parameters<typeof encodeSyncDL>[0]): void {
    this.#send(Command.SYNC, encodeSyncDL(sync));
  }

  push(peer: number, entry: ModelEntry): void {
    const { mid, prevMid } = entry;
    this.answer({ status: ok, xid: xid(peer), metas: [metaOf(entry)], prevMid, nextKey: mid, isEagerSync: true });
  }

  /** Something is there that was not pushed. */
  notify(peer: number): void {
    if (this.#isOver) return;
    if (this.#server.random.chance(0.5))
      this.#send(Command.UNREAD, encodeUnreadDL({ status: ok, unread: this.#rows([peer]) }));
    else this.#send(Command.NOTICE, encodeNotice({ xid: xid(peer) }));
  }

  pushTransient(from: number, ns: Namespace, payload: Uint8Array): void {
    const meta = { id: 0, from: xid(from), to: xid(this.uid), timestamp: this.#server.now, ns, payload };
    this.answer({ status: ok, xid: xid(from), metas: [meta], isEagerSync: true });
  }

  #provision({ token, xid: asked, deviceGuid }: Provision): void {
    const server = this.#server;
    server.commit(() => {
      if (this.#isOver) return;
      const uid = server.userOf(token);
      if (!uid || (asked && asked.uid !== uid)) return this.#refuse(StatusCode.INVALID_TOKEN, closeCodes.tokenInvalid);
      if (server.faults.refusedProvisions > 0) {
        server.faults.refusedProvisions -= 1;
        return this.#refuse(StatusCode.RATE_LIMIT_EXCEEDED, closeCodes.busy);
      }
      this.uid = uid;
      this.device = server.identify(uid, deviceGuid);
      server.joined(this);
      this.#answerProvision({ status: ok, xid: { uid, deviceSN: this.device }, lastLoginTime: server.now });
    });
  }

  #refuse(code: StatusCode, close: { code: number; reason: string }): void {
    this.#answerProvision({ status: { code, reason: close.reason } });
    this.end(close.code);
  }

  #answerProvision(answer: Partial<Provision>): void {
    this.#send(Command.PROVISION, encodeProvision(answer));
  }

  #dispatch({ command, payload }: Frame): void {
    if (command === Command.NOTICE) this.#send(Command.NOTICE, new Uint8Array());
    else if (command === Command.UNREAD) this.#list(decodeUnreadUL(payload).newsOnly);
    else {
      const asked = decodeSyncUL(payload);
      if (asked.meta) this.#write(asked.meta);
      else this.#read(asked, asked.xid?.uid ?? 0);
    }
  }

  #write(meta: Meta): void {
    const to = meta.to?.uid ?? 0;
    if (meta.ns === Namespace.MESSAGE && isTyping(meta)) return this.#server.tellTyping(this, to, meta.payload);
    if (this.#isRefused(to, meta.id)) {
      return this.answer({ status: { code: StatusCode.RATE_LIMIT_EXCEEDED, reason: 'slow down' }, clientMid: meta.id });
    }
    this.#server.commit(() => this.#writeNow(meta));
  }

  #isRefused(to: number, clientMid: number): boolean {
    const { faults, now } = this.#server;
    const first = this.#refused.get(to);
    if (first?.clientMid === clientMid) this.#refused.delete(to);
    else if (first && clientMid > first.clientMid && now < first.until) return true;
    if (faults.refusedSends <= 0) return false;
    faults.refusedSends -= 1;
    this.#refused.set(to, { clientMid, until: now + refusedMs });
    return true;
  }

  #writeNow(meta: Meta): void {
    const { log, now } = this.#server;
    const outcome = write(log, { uid: this.uid, device: this.device, clientMid: meta.id }, meta, now);
    if ('refused' in outcome) {
      return this.#tell({ status: { code: outcome.refused, reason: outcome.reason }, clientMid: meta.id });
    }
    const { peer, mid: serverMid, prevMid, time: serverTime, editTimestamp = 0, entry } = outcome;
    const place = { serverMid, prevMid, serverTime, editTimestamp };
    this.#tell({ status: ok, xid: xid(peer), clientMid: meta.id, ...place });
    if (entry) this.#server.deliver(entry);
  }

  #read({ key, isFullSync, fullSyncNum }: SyncUL, peer: number): void {
    if (isFullSync) return this.#history(peer, key, fullSyncNum || 20);
    const server = this.#server;
    if (key > 0) {
      server.commitCursor(() => {
        const told = server.log.acknowledge(this.uid, this.device, peer, key);
        if (told) server.deliver(told);
      });
    }
    if (key > 0 && fullSyncNum === 0) return;
    if (server.faults.refusedPulls > 0) {
      server.faults.refusedPulls -= 1;
      return this.answer({ status: { code: StatusCode.RATE_LIMIT_EXCEEDED, reason: 'busy' }, xid: xid(peer) });
    }
    this.#pull(peer, key, Math.min(fullSyncNum || limits.pullPage, server.faults.pageEntries));
  }

  #pull(peer: number, key: number, count: number): void {
    const { log } = this.#server;
    const name = log.name(this.uid, peer);
    const after = key || log.place(this.uid, this.device, name).acked;
    const looked = log.log(name).entries.filter((entry) => entry.mid > after);
    const page = looked.slice(0, count);
    const metas = page.filter((entry) => this.#isWanted(entry, peer) && !this.#isOwn(entry)).map(metaOf);
    this.answer({ status: ok, xid: xid(peer), metas, nextKey: page.at(-1)?.mid ?? 0 });
  }

  #history(peer: number, key: number, count: number): void {
    const { log } = this.#server;
    const isBefore = ({ mid, kind }: ModelEntry) => kind === 'message' && (key === 0 || mid < key);
    const all = log
      .log(log.name(this.uid, peer))
      .entries.filter((entry) => isBefore(entry) && this.#isWanted(entry, peer));
    const page = all.toReversed().slice(0, count);
    const nextKey = all.length > page.length ? (page.at(-1)?.mid ?? 0) : 0;
    this.answer({ status: ok, xid: xid(peer), isFullSync: true, metas: page.map(metaOf), nextKey });
  }

  #isWanted({ mid, log: name, recalled }: ModelEntry, peer: number): boolean {
    const { log } = this.#server;
    const hidden = Math.max(log.inbox(this.uid, peer).hiddenMid, log.place(this.uid, this.device, name).hidden);
    return !recalled && mid > hidden && !log.isDeleted(this.uid, mid);
  }

  #isOwn({ from, device }: ModelEntry): boolean {
    return from === this.uid && device === this.device;
  }

  /** Here nobody keeps anything about a conversation. */
  #list(newsOnly: boolean): void {
    const rows = this.#rows(this.#server.peers(this.uid));
    const unread = newsOnly ? rows.filter(({ n }) => n > 0) : rows;
    const scope = newsOnly ? UnreadScope.NEWS : UnreadScope.ALL;
    this.#send(Command.UNREAD, encodeUnreadDL({ status: ok, unread, scope }));
  }

  #rows(peers: readonly number[]) {
    const { log } = this.#server;
    return peers.map((peer) => {
      const name = log.name(this.uid, peer);
      const { acked } = log.place(this.uid, this.device, name);
      const n = log.log(name).entries.filter((entry) => entry.mid > acked).length;
      const { readMid } = log.inbox(this.uid, peer);
      const theirs = peer > 0 ? log.inbox(peer, this.uid) : { readMid: 0, deliveredMid: 0 };
      const type = peer === 0 ? ConversationType.SYSTEM : ConversationType.CHAT;
      return { xid: xid(peer), n, type, readMid, peerReadMid: theirs.readMid, peerDeliveredMid: theirs.deliveredMid };
    });
  }

  /** Who is gone meanwhile hears nothing. */
  #tell(answer: Partial<SyncDL>): void {
    if (!this.#isOver) this.answer(answer);
  }

  #send(command: Command, payload: Uint8Array): void {
    this.link.send(encodeFrame({ vsn: Vsn.V2, command, payload }).slice());
  }

  #watch(): void {
    const wait = this.#seenAt + idleMs - this.#server.now;
    if (wait <= 0) return this.end(closeCodes.idle.code);
    this.#server.later(wait, () => this.#isOver || this.#watch());
  }
}

function isTyping({ payload }: Meta): boolean {
  const { type, qos, ext } = decodeMessageBody(payload);
  return type === MessageType.CHAT && qos === QoS.AT_MOST_ONCE && ext.includes('"input_status"');
}

function xid(uid: number): { uid: number; deviceSN: number } {
  return { uid, deviceSN: 0 };
}
