import { createRequire } from 'node:module';
import type * as SocketIo4 from 'socket.io-client';
import { WebSocket } from 'ws';

/** How a raw client comes in: `/xsync`, or `/socket.io/` with the client library of that version. */
export type DoorName = 'xsync' | 'socketio2' | 'socketio4';

/** A connection that carries frames. */
export interface RawLine {
  /** What is under it; the same for every door. */
  readonly socket: WebSocket;
  send(frame: Uint8Array): void;
  /** Ends it as the door's clients do. */
  close(): void;
  onFrame: (frame: Uint8Array) => void;
  /** The server ended it with a word of its own; absent where the door has none. */
  onDisconnect?: (reason: string) => void;
}

/** Opens a connection. `url` is the server's, as http. */
export function openRawLine(url: string, door: DoorName): Promise<RawLine> {
  if (door === 'xsync') return openXsync(url);
  return openSocketIo(url, door === 'socketio2' ? 2 : 4);
}

async function openXsync(url: string): Promise<RawLine> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/xsync`, { perMessageDeflate: false });
  const line: RawLine = {
    socket,
    send: (frame) => socket.send(frame),
    close: () => socket.close(),
    onFrame: () => {},
  };
  socket.on('message', (data) => line.onFrame(data as Buffer));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed with ${code} before it was open`)));
  });
  return line;
}

/** What both versions of the library have in common. */
export type SocketIo = SocketIo4.Socket & { io: { engine: { transport: { ws: WebSocket } } } };

/** A client of the library of that version, with its own manners. */
export function socketIoClient(url: string, version: 2 | 4, options: object = {}): SocketIo {
  const io = load(version);
  return io(url, { transports: ['websocket'], forceNew: true, ...options });
}

async function openSocketIo(url: string, version: 2 | 4): Promise<RawLine> {
  const client = socketIoClient(url, version, { reconnection: false });
  const line: Partial<RawLine> = { onFrame: () => {} };
  // Before it is connected: the server may speak at once.
  client.on('frame', (frame: Uint8Array) => line.onFrame?.(frame));
  client.on('disconnect', (reason: string) => line.onDisconnect?.(reason));
  await new Promise<void>((resolve, reject) => {
    client.on('connect', () => resolve());
    // Told by the one, or by the other.
    client.on('connect_error', reject);
    client.on('error' as 'connect_error', reject);
    client.on('disconnect', (reason: string) => reject(new Error(`${reason} before it was connected`)));
  });
  return Object.assign(line, {
    socket: client.io.engine.transport.ws,
    send: (frame: Uint8Array) => void client.emit('frame', Buffer.from(frame)),
    close: () => void client.close(),
  }) as RawLine;
}

/**
 * Version 2 takes a global WebSocket where there is one, which can neither be paused nor cut, as tests have to. In one go:
 * whoever looks for the global meanwhile finds none.
 */
function load(version: 2 | 4): (url: string, options: object) => SocketIo {
  const require = createRequire(import.meta.url);
  const native = globalThis.WebSocket;
  Object.assign(globalThis, { WebSocket: undefined });
  try {
    return version === 2 ? require('socket.io-client-2') : require('socket.io-client');
  } finally {
    Object.assign(globalThis, { WebSocket: native });
  }
}
