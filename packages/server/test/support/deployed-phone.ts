import { Command, decodeSyncDL, decodeUnreadDL, StatusCode, type SyncDL, type UnreadDL, Vsn } from '@flooim/protocol';
import { type Login, RawClient, until } from '@flooim/testkit';

/**
 * A device with the socket.io-client 2.x and the manners of deployed clients: it pulls after a notice, acknowledges whatever
 * has a `next_key`, and so goes on until nothing comes.
 */
export class DeployedPhone {
  readonly raw: RawClient;
  /** Every SYNC frame, in order. */
  readonly heard: SyncDL[] = [];
  /** Every frame as it came. */
  readonly frames: { command: Command; bytes: Uint8Array }[] = [];
  /** It only listens. */
  isPassive = false;
  #unread: UnreadDL | undefined;

  constructor(raw: RawClient) {
    this.raw = raw;
    raw.onFrame = ({ command, payload }, bytes) => {
      this.frames.push({ command, bytes });
      if (command === Command.UNREAD) this.#takeUnread(decodeUnreadDL(payload));
      if (command === Command.SYNC) this.#take(decodeSyncDL(payload));
    };
    raw.onNotice = (notice) => notice && this.#pull(notice.xid.uid);
  }

  static async connect(url: string, login: Login): Promise<DeployedPhone> {
    return new DeployedPhone(await RawClient.login(url, login, Vsn.V1, 'socketio2'));
  }

  /** The first SYNC frame from here on that fits. */
  next(wanted: (sync: SyncDL) => boolean, what: string): Promise<SyncDL> {
    return this.after(this.heard.length, wanted, what);
  }

  /** The first SYNC frame that fits and is not among the first `count`. */
  async after(count: number, wanted: (sync: SyncDL) => boolean, what: string): Promise<SyncDL> {
    await until(() => this.heard.slice(count).some(wanted), what);
    return this.heard.slice(count).find(wanted) as SyncDL;
  }

  /** The unread list, as a heartbeat brings it. */
  async heartbeat(): Promise<UnreadDL> {
    this.#unread = undefined;
    this.raw.send(Command.UNREAD);
    await until(() => this.#unread !== undefined, 'the unread list');
    return this.#unread as unknown as UnreadDL;
  }

  /** Waits until it has all there is. */
  settle(): Promise<void> {
    return until(async () => (await this.heartbeat()).unread.every(({ n }) => n === 0), 'a device that has everything');
  }

  #takeUnread(unread: UnreadDL): void {
    this.#unread = unread;
    for (const { n, xid } of unread.unread) if (n > 0) this.#pull(xid.uid);
  }

  #take(sync: SyncDL): void {
    this.heard.push(sync);
    const isPage = sync.status?.code === StatusCode.OK && sync.clientMid === 0 && !sync.isFullSync;
    if (isPage && sync.nextKey > 0) this.#pull(sync.xid?.uid ?? 0, sync.nextKey);
  }

  #pull(uid: number, key = 0): void {
    if (!this.isPassive) this.raw.sync({ xid: { uid }, key });
  }
}
