import type { Platform } from '../platform/platform.ts';

/** What frames travel on, from birth to death. */
export interface Socket {
  /** False when it is not open: nothing was sent. */
  send(frame: Uint8Array): boolean;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(frame: Uint8Array): void;
  /** The other side is there, though it has no frame to send. */
  heard(): void;
  /** Comes once, whoever ended it, but not after `close()`. */
  closed(code: number): void;
}

export type SocketDoor = new (platform: Platform, url: string, events: SocketEvents) => Socket;
