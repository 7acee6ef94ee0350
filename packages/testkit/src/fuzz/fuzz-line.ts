import {
  Command,
  closeCodes,
  decodeFrame,
  decodeNotice,
  decodeProvision,
  decodeSyncDL,
  decodeUnreadDL,
  errors,
  type Frame,
  StatusCode,
} from '@flooim/protocol';
import { type RawData, WebSocket } from 'ws';
import { until } from '../wait.ts';

export const fuzzDoors = ['xsync', 'socketio3', 'socketio4'] as const;
export type FuzzDoor = (typeof fuzzDoors)[number];

const header = '451-["frame",{"_placeholder":true,"num":0}]';
const paths: Record<FuzzDoor, string> = {
  xsync: '/xsync',
  socketio3: '/socket.io/?EIO=3&transport=websocket',
  socketio4: '/socket.io/?EIO=4&transport=websocket',
};
/** Beyond this WebSocket itself refuses a message, with its own code. */
const tooLargeBytes = 128 * 1024;
const webSocketTooLarge = 1009;
const normal = 1000;
const ourFaults: readonly string[] = [errors.database.text, errors.internal.text];
const statusCodes: ReadonlySet<number> = new Set(Object.values(StatusCode));
const answerWithinMs = 30_000;

/** A connection by one of the doors that can say anything at all, and looks closely at what it hears. */
export class FuzzLine {
  readonly #socket: WebSocket;
  readonly #door: FuzzDoor;
  readonly #allowed: Set<number>;
  readonly #faults: string[];
  #closeCode: number | undefined;
  #isLeaving = false;
  #provisioned: boolean | undefined;
  readonly #answered = new Set<number>();

  private constructor(url: string, door: FuzzDoor, faults: string[]) {
    this.#door = door;
    this.#faults = faults;
    this.#allowed = new Set(Object.values(closeCodes).map(({ code }) => code));
    this.#socket = new WebSocket(url.replace(/^http/, 'ws') + paths[door], { perMessageDeflate: false });
    this.#socket.on('message', (data: RawData, isBinary) => isBinary && this.#receive(data as Buffer));
    this.#socket.on('error', () => {});
    this.#socket.on('close', (code) => this.#closed(code));
  }

  /** `faults` gets what is wrong with what the server says, or how it ends. */
  static async open(url: string, door: FuzzDoor, faults: string[]): Promise<FuzzLine> {
    const line = new FuzzLine(url, door, faults);
    const isSettled = () => line.isOpen || line.#closeCode !== undefined;
    await until(isSettled, 'a connection', { timeoutMs: answerWithinMs, everyMs: 1 });
    if (door === 'socketio4') line.packet('40');
    return line;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  frame(bytes: Uint8Array): void {
    if (bytes.length >= tooLargeBytes) this.#allowed.add(webSocketTooLarge);
    if (this.#door !== 'xsync') this.#send(header);
    this.#send(this.#door === 'socketio3' ? Buffer.concat([Buffer.of(4), bytes]) : bytes);
  }

  /** As it is, without what belongs around a frame. */
  packet(data: string | Uint8Array): void {
    // Their word for going is answered as such.
    if (this.#door !== 'xsync' && /^(41|1)/.test(String(data))) this.#allowed.add(normal);
    this.#send(data);
  }

  /** Sends a Provision, and waits until it is taken; false where the connection ends instead. */
  async provision(frame: Uint8Array): Promise<boolean> {
    this.frame(frame);
    await this.#waitFor(() => this.#provisioned !== undefined, 'an answer to Provision');
    return this.#provisioned === true && this.isOpen;
  }

  /** Sends a question about a conversation that nobody has, and waits for its answer: what was before it was handled. */
  async settle(question: Uint8Array, uid: number): Promise<void> {
    this.frame(question);
    await this.#waitFor(() => this.#answered.has(uid), 'the end of what was sent');
  }

  /** Waits until all that was sent was received. */
  async received(): Promise<void> {
    let isBack = false;
    this.#socket.once('pong', () => {
      isBack = true;
    });
    if (this.isOpen) this.#socket.ping();
    await this.#waitFor(() => isBack, 'a sign of life');
  }

  async ended(): Promise<void> {
    await this.#waitFor(() => false, 'the end of the connection');
  }

  leave(): void {
    this.#isLeaving = true;
    this.#socket.terminate();
  }

  async #waitFor(condition: () => boolean, what: string): Promise<void> {
    const isOver = () => condition() || this.#closeCode !== undefined;
    const waiting = until(isOver, what, { timeoutMs: answerWithinMs, everyMs: 1 });
    await waiting.catch((error: Error) => this.#faults.push(`${this.#door}: ${error.message}`));
  }

  #send(data: string | Uint8Array): void {
    if (this.isOpen) this.#socket.send(data);
  }

  #closed(code: number): void {
    this.#closeCode = code;
    if (!this.#isLeaving && !this.#allowed.has(code)) this.#faults.push(`${this.#door}: ended with code ${code}`);
  }

  #receive(message: Buffer): void {
    try {
      const bytes = this.#door === 'socketio3' ? message.subarray(1) : message;
      this.#look(decodeFrame(bytes, { maxBytes: Number.MAX_SAFE_INTEGER }));
    } catch (error) {
      this.#faults.push(`${this.#door}: the server sent what cannot be read: ${(error as Error).message}`);
    }
  }

  #look({ command, payload }: Frame): void {
    switch (command) {
      case Command.SYNC: {
        const { status, xid, isFullSync } = decodeSyncDL(payload);
        if (isFullSync && xid) this.#answered.add(xid.uid);
        return this.#judge(status);
      }
      case Command.PROVISION: {
        const { status } = decodeProvision(payload);
        this.#provisioned ||= status?.code === StatusCode.OK;
        return this.#judge(status);
      }
      case Command.UNREAD:
        return this.#judge(decodeUnreadDL(payload).status);
      default:
        if (payload.length > 0) decodeNotice(payload);
    }
  }

  #judge(status: { code: number; reason: string } | undefined): void {
    if (!status) return;
    const { code, reason } = status;
    if (!statusCodes.has(code)) this.#faults.push(`${this.#door}: the status ${code} is none`);
    if (ourFaults.includes(reason)) this.#faults.push(`${this.#door}: the server failed: ${reason}`);
  }
}
