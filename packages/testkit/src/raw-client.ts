import {
  Command,
  decodeFrame,
  decodeNotice,
  decodeProvision,
  decodeSyncDL,
  decodeUnreadDL,
  encodeFrame,
  encodeProvision,
  encodeSyncUL,
  type Frame,
  type Init,
  type Notice,
  OsType,
  type Provision,
  StatusCode,
  type SyncDL,
  type SyncUL,
  type UnreadDL,
  Vsn,
} from '@flooim/protocol';
import { WebSocket } from 'ws';
import { type DoorName, openRawLine, type RawLine } from './raw-line.ts';

/** Who a socket speaks for. */
export interface Login {
  uid: number;
  token: string;
  /** The install that connects. */
  guid: string;
}

/** The server did not accept a Provision. */
export class ProvisionRefused extends Error {
  readonly answer: Provision;

  constructor(answer: Provision) {
    super(`provision refused: ${answer.status?.code} ${answer.status?.reason}`);
    this.answer = answer;
  }
}

const empty = new Uint8Array(0);

/** One socket that speaks XSync and keeps nothing: for precise frames, for broken ones, and for load. */
export class RawClient {
  readonly socket: WebSocket;
  readonly vsn: Vsn;
  uid = 0;
  deviceSN = 0;
  closeCode: number | undefined;
  onFrame: ((frame: Frame, bytes: Uint8Array) => void) | undefined;
  onProvision: ((answer: Provision) => void) | undefined;
  onSync: ((sync: SyncDL) => void) | undefined;
  onUnread: ((unread: UnreadDL) => void) | undefined;
  onNotice: ((notice: Notice | undefined) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;

  /** Why the Socket.IO client says that it ended. */
  disconnected: string | undefined;
  readonly #line: RawLine;

  constructor(line: RawLine, vsn: Vsn) {
    const { socket } = line;
    this.#line = line;
    this.socket = socket;
    this.vsn = vsn;
    line.onFrame = (frame) => this.#receive(frame);
    line.onDisconnect = (reason) => {
      this.disconnected = reason;
    };
    socket.on('error', () => socket.terminate());
    socket.on('close', (code, reason) => {
      this.closeCode = code;
      this.onClose?.(code, String(reason));
    });
  }

  /** Opens the socket and nothing more. `url` is the server's, as http. */
  static async open(url: string, vsn: Vsn = Vsn.V2, door: DoorName = 'xsync'): Promise<RawClient> {
    return new RawClient(await openRawLine(url, door), vsn);
  }

  /** Opens the socket and gets a Provision accepted. */
  static async login(url: string, login: Login, vsn: Vsn = Vsn.V2, door: DoorName = 'xsync'): Promise<RawClient> {
    const client = await RawClient.open(url, vsn, door);
    await client.provision(login);
    return client;
  }

  async provision(login: Login, more: Init<Provision> = {}): Promise<Provision> {
    const answered = new Promise<Provision>((resolve, reject) => {
      this.onProvision = resolve;
      this.socket.once('close', (code) => reject(new Error(`closed with ${code} before provision`)));
    });
    this.send(
      Command.PROVISION,
      encodeProvision({
        xid: { uid: login.uid },
        token: login.token,
        osType: OsType.LINUX,
        sdkVsn: 'testkit',
        deviceGuid: login.guid,
        deviceInfo: 'testkit',
        ...more,
      }),
    );
    const answer = await answered;
    if (answer.status?.code !== StatusCode.OK) throw new ProvisionRefused(answer);
    this.uid = answer.xid?.uid ?? 0;
    this.deviceSN = answer.xid?.deviceSN ?? 0;
    return answer;
  }

  send(command: Command, payload: Uint8Array = empty): void {
    this.sendBytes(encodeFrame({ vsn: this.vsn, command, payload }));
  }

  sync(sync: Init<SyncUL>): void {
    this.send(Command.SYNC, encodeSyncUL(sync));
  }

  /** Anything at all. */
  sendBytes(bytes: Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) this.#line.send(bytes);
  }

  /** The next SYNC frame for which `wanted` says yes; others go on to `onSync`. */
  nextSync(wanted: (sync: SyncDL) => boolean = () => true, timeoutMs = 5000): Promise<SyncDL> {
    const before = this.onSync;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no such SYNC frame in time')), timeoutMs);
      this.onSync = (sync) => {
        if (!wanted(sync)) return before?.(sync);
        clearTimeout(timer);
        this.onSync = before;
        resolve(sync);
      };
    });
  }

  async closed(): Promise<number> {
    if (this.closeCode === undefined) await new Promise((resolve) => this.socket.once('close', resolve));
    return this.closeCode as number;
  }

  close(): void {
    this.#line.close();
  }

  /** Drops the connection without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  #receive(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes, { maxBytes: Number.MAX_SAFE_INTEGER });
    this.onFrame?.(frame, bytes);
    if (frame.command === Command.SYNC) this.onSync?.(decodeSyncDL(frame.payload));
    else if (frame.command === Command.NOTICE)
      this.onNotice?.(frame.payload.length ? decodeNotice(frame.payload) : undefined);
    else if (frame.command === Command.UNREAD) this.onUnread?.(decodeUnreadDL(frame.payload));
    else this.onProvision?.(decodeProvision(frame.payload));
  }
}
