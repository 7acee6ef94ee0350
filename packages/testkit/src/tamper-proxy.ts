import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Command,
  decodeFrame,
  decodeProvision,
  decodeSyncDL,
  decodeUnreadDL,
  encodeFrame,
  encodeSyncDL,
  encodeUnreadDL,
  type SyncDL,
  type UnreadDL,
  Vsn,
} from '@flooim/protocol';
import { WebSocket, WebSocketServer } from 'ws';

/** One client's connection, as a tamper sees it. */
export interface TamperedSession {
  /** Known after Provision. */
  uid: number;
  deviceSN: number;
  /** How many connections this device had before. */
  reconnects: number;
  /** Puts a frame of the tamper's own on the way to the client. */
  inject(sync: SyncDL): void;
  /** For the tamper to keep things in. */
  memory: Map<string, number>;
}

/** Changes what a server says: it stands for a bug in the server, seen from outside. */
export interface Tamper {
  /** What goes on instead; nothing for an empty list. */
  sync?(sync: SyncDL, session: TamperedSession, sessions: ReadonlySet<TamperedSession>): SyncDL[];
  unread?(unread: UnreadDL, session: TamperedSession): UnreadDL;
}

/** Before each frame that comes by Socket.IO, and in front of its bytes. */
const frameEvent = '451-["frame",{"_placeholder":true,"num":0}]';
const messageByte = Buffer.of(4);

/** A proxy on both realtime doors that understands frames. REST does not go through it. */
export class TamperProxy {
  readonly #sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  readonly #sessions = new Set<TamperedSession>();
  readonly #connects = new Map<string, number>();
  readonly #target: string;
  readonly #tamper: Tamper;

  private constructor(target: string, tamper: Tamper) {
    this.#target = target;
    this.#tamper = tamper;
    this.#sockets.on('connection', (client, request) => this.#accept(client, request));
  }

  static async start(target: string, tamper: Tamper): Promise<TamperProxy> {
    const proxy = new TamperProxy(target, tamper);
    await once(proxy.#sockets, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#sockets.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    await once(this.#sockets, 'close');
  }

  #accept(client: WebSocket, { url = '' }: IncomingMessage): void {
    const server = new WebSocket(this.#target.replace(/^http/, 'ws') + url, { perMessageDeflate: false });
    const opened = once(server, 'open').catch(() => client.terminate());
    const isXsync = url.startsWith('/xsync');
    const send = (frame: Uint8Array) => {
      if (isXsync) return client.send(frame);
      client.send(frameEvent);
      client.send(Buffer.concat([messageByte, frame]));
    };
    const inject = (sync: SyncDL) => send(syncFrame(sync, isXsync ? Vsn.V2 : Vsn.V1));
    const session: TamperedSession = { uid: 0, deviceSN: 0, reconnects: 0, inject, memory: new Map() };
    this.#sessions.add(session);
    client.on('message', (data, binary) =>
      opened.then(() => server.readyState === WebSocket.OPEN && server.send(data, { binary })),
    );
    server.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) for (const frame of this.#passOn(isXsync ? bytes : bytes.subarray(1), session)) send(frame);
      else if (String(bytes) !== frameEvent) client.send(bytes, { binary: false });
    });
    server.on('error', () => client.terminate());
    server.on('close', (code) => (code >= 4000 ? client.close(code) : client.terminate()));
    client.on('close', () => {
      this.#sessions.delete(session);
      server.terminate();
    });
  }

  #passOn(bytes: Uint8Array, session: TamperedSession): Uint8Array[] {
    const { vsn, command, payload } = decodeFrame(bytes, { maxBytes: Number.MAX_SAFE_INTEGER });
    if (command === Command.PROVISION) this.#identify(payload, session);
    if (command === Command.SYNC && this.#tamper.sync) {
      return this.#tamper.sync(decodeSyncDL(payload), session, this.#sessions).map((sync) => syncFrame(sync, vsn));
    }
    if (command === Command.UNREAD && this.#tamper.unread) {
      const unread = this.#tamper.unread(decodeUnreadDL(payload), session);
      return [encodeFrame({ vsn, command, payload: encodeUnreadDL(unread) })];
    }
    return [bytes];
  }

  #identify(payload: Uint8Array, session: TamperedSession): void {
    const { xid } = decodeProvision(payload);
    session.uid = xid?.uid ?? 0;
    session.deviceSN = xid?.deviceSN ?? 0;
    const device = `${session.uid}/${session.deviceSN}`;
    session.reconnects = this.#connects.get(device) ?? 0;
    this.#connects.set(device, session.reconnects + 1);
  }
}

function syncFrame(sync: SyncDL, vsn: Vsn): Uint8Array {
  return encodeFrame({ vsn, command: Command.SYNC, payload: encodeSyncDL(sync) });
}
