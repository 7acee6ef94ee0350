import type { Socket } from 'node:net';

interface Pause {
  user: string;
  /** By the clock of `performance`. */
  until: number;
  /** Whether more requests came with the one that began it. */
  hasFollowers: boolean;
}

/**
 * Stops reading connections of those who ask much faster than they may: what they send waits in their own buffers, and costs the
 * server nothing. Each request makes the pause longer, and a user's connections share it. Who has sent more without waiting for
 * answers loses the connection afterwards.
 */
export class Pauses {
  readonly #msEach: number;
  readonly #atMostMs: number;
  readonly #until = new Map<string, number>();
  readonly #paused = new Map<Socket, Pause>();

  constructor(msEach: number, atMostMs: number) {
    this.#msEach = msEach;
    this.#atMostMs = atMostMs;
  }

  add(user: string, socket: Socket): void {
    const now = performance.now();
    const until = Math.min(Math.max(this.#until.get(user) ?? 0, now) + this.#msEach, now + this.#atMostMs);
    this.#until.set(user, until);
    const pause = this.#paused.get(socket);
    this.#paused.set(socket, { user, until, hasFollowers: pause !== undefined });
    if (pause) return;
    socket.pause();
    this.#endLater(socket, until - now);
  }

  #endLater(socket: Socket, ms: number): void {
    setTimeout(() => {
      const now = performance.now();
      const { user, until, hasFollowers } = this.#paused.get(socket) as Pause;
      if (until > now && !socket.destroyed) return this.#endLater(socket, until - now);
      this.#paused.delete(socket);
      if ((this.#until.get(user) ?? 0) <= now) this.#until.delete(user);
      hasFollowers ? socket.destroy() : socket.resume();
    }, ms).unref();
  }
}
