import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMessageBody, limits, MessageType, Namespace, StatusCode, type SyncDL } from '@flooim/protocol';
import { type Login, RawClient } from '../raw-client.ts';
import { until } from '../wait.ts';

/** A member of a group who stops reading, and reads again. */
export class StalledReader {
  /** What came out of the server's queue for him, before it told him to pull. */
  queuedBytes = 0;
  /** Messages of the group that he has. */
  received = 0;
  readonly #client: RawClient;
  readonly #gid: number;
  #cursor = 0;
  #hasFallenBehind = false;
  #isPulling = false;
  #pullsAll = false;

  private constructor(client: RawClient, gid: number) {
    this.#client = client;
    this.#gid = gid;
    client.onFrame = (_frame, bytes) => {
      if (!this.#hasFallenBehind) this.queuedBytes += bytes.length;
    };
    client.onSync = (sync) => this.#take(sync);
    client.onNotice = (notice) => {
      this.#hasFallenBehind = true;
      if (notice) this.#pull();
    };
  }

  static async open(url: string, login: Login, gid: number): Promise<StalledReader> {
    return new StalledReader(await RawClient.login(url, login), gid);
  }

  get isClosed(): boolean {
    return this.#client.closeCode !== undefined;
  }

  stall(): void {
    this.#client.socket.pause();
  }

  /** `pullsAll`: gets what it was told of as well. */
  resume(pullsAll: boolean): void {
    this.#pullsAll = pullsAll;
    this.#client.socket.resume();
  }

  close(): void {
    this.#client.terminate();
  }

  #take(sync: SyncDL): void {
    if (sync.xid?.uid !== this.#gid || (sync.isEagerSync && sync.prevMid > this.#cursor)) return;
    if (!sync.isEagerSync) this.#isPulling = false;
    for (const meta of sync.metas) if (meta.id > this.#cursor && meta.ns === Namespace.MESSAGE) this.received++;
    this.#cursor = Math.max(this.#cursor, sync.nextKey);
    if (!sync.isEagerSync && sync.nextKey > 0) this.#pull();
  }

  #pull(): void {
    if (!this.#pullsAll || this.#isPulling) return;
    this.#isPulling = true;
    this.#client.sync({ xid: { uid: this.#gid }, key: this.#cursor, fullSyncNum: limits.pullPage });
  }
}

/** Members who talk, each as fast as he may. */
export class Talkers {
  acknowledged = 0;
  readonly #clients: RawClient[];
  readonly #gid: number;
  readonly #payload: Uint8Array;
  #clientMid = Date.now() * 1000;
  #said = 0;

  private constructor(clients: RawClient[], gid: number, bytes: number) {
    this.#clients = clients;
    this.#gid = gid;
    this.#payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: 'x'.repeat(bytes) });
    for (const client of clients) {
      client.onSync = ({ clientMid, status }) => {
        if (clientMid > 0 && status?.code === StatusCode.OK) this.acknowledged++;
      };
    }
  }

  static async open(url: string, logins: readonly Login[], gid: number, bytes: number): Promise<Talkers> {
    return new Talkers(await Promise.all(logins.map((login) => RawClient.login(url, login))), gid, bytes);
  }

  /** Says so many in all, one after the other, in `ms`; resolves when all are on disk. */
  async talk(count: number, ms: number): Promise<void> {
    const startedAt = performance.now();
    while (this.#said < count) {
      const due = Math.min(count, Math.ceil(((performance.now() - startedAt) / ms) * count));
      for (; this.#said < due; this.#said++) this.#say(this.#clients[this.#said % this.#clients.length] as RawClient);
      await sleep(5);
    }
    await until(() => this.acknowledged === count, 'all messages to be taken', { timeoutMs: 60_000 });
  }

  close(): void {
    for (const client of this.#clients) client.terminate();
  }

  #say(client: RawClient): void {
    const meta = { id: ++this.#clientMid, to: { uid: this.#gid }, ns: Namespace.MESSAGE, payload: this.#payload };
    client.sync({ meta });
  }
}
