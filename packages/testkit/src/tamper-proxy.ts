import { once } from 'node:events';
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

/** A proxy on the realtime door that understands frames. REST does not go through it. */
export class TamperProxy {
  readonly #sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/xsync', perMessageDeflate: false });
  readonly #sessions = new Set<TamperedSession>();
  readonly #connects = new Map<string, number>();
  readonly #target: string;
  readonly #tamper: Tamper;

  private constructor(target: string, tamper: Tamper) {
    this.#target = target;
    this.#tamper = tamper;
    this.#sockets.on('connection', (client) => this.#accept(client));
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

  #accept(client: WebSocket): void {
    const server = new WebSocket(`${this.#target.replace(/^http/, 'ws')}/xsync`, { perMessageDeflate: false });
    const opened = once(server, 'open').catch(() => client.terminate());
    const inject = (sync: SyncDL) => client.send(syncFrame(sync));
    const session: TamperedSession = { uid: 0, deviceSN: 0, reconnects: 0, inject, memory: new Map() };
    this.#sessions.add(session);
    client.on('message', (data) => opened.then(() => server.readyState === WebSocket.OPEN && server.send(data)));
    server.on('message', (data) => {
      for (const bytes of this.#passOn(data as Buffer, session)) client.send(bytes);
    });
    server.on('error', () => client.terminate());
    server.on('close', (code) => (code >= 4000 ? client.close(code) : client.terminate()));
    client.on('close', () => {
      this.#sessions.delete(session);
      server.terminate();
    });
  }

  #passOn(bytes: Uint8Array, session: TamperedSession): Uint8Array[] {
    const { command, payload } = decodeFrame(bytes, { maxBytes: Number.MAX_SAFE_INTEGER });
    if (command === Command.PROVISION) this.#identify(payload, session);
    if (command === Command.SYNC && this.#tamper.sync) {
      return this.#tamper.sync(decodeSyncDL(payload), session, this.#sessions).map(syncFrame);
    }
    if (command === Command.UNREAD && this.#tamper.unread) {
      const unread = this.#tamper.unread(decodeUnreadDL(payload), session);
      return [encodeFrame({ vsn: Vsn.V2, command, payload: encodeUnreadDL(unread) })];
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

function syncFrame(sync: SyncDL): Uint8Array {
  return encodeFrame({ vsn: Vsn.V2, command: Command.SYNC, payload: encodeSyncDL(sync) });
}
