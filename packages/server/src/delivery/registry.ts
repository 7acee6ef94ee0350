import type { CloseName, MessageBody, Vsn } from '@flooim/protocol';
import type { Placed } from '../store/entry.ts';
import type { Outbox } from './outbox.ts';

/** A device that is connected and provisioned. */
export interface Receiver {
  readonly appId: string;
  readonly uid: number;
  readonly deviceSN: number;
  readonly vsn: Vsn;
  readonly outbox: Outbox;
  /** The SHA-256 of the token that it signed in with, as hex: what ends the token ends the session. */
  readonly tokenHash: string;
  /** Whether a pull gave it the entry meanwhile; version 2 devices know by themselves what they have. */
  has(peer: number, placed: Placed): boolean;
  /** Whether an entry at this place follows what the device has of the conversation; if not, it has to pull. */
  continues(peer: number, placed: Placed): boolean;
  /** Whether this edit was in a message already that the device was given. */
  hasEdit(operation: MessageBody): boolean;
  /** Whether it has yet to be told that there is something to pull. */
  toNotify(peer: number): boolean;
  /** The entry at this place is on its way to the device. */
  pushed(peer: number, placed: Placed): void;
  /** There was no room for an entry; the device will be told to pull. */
  missed(peer: number): void;
  /** The entry at this place is not for the device, or came from it. */
  passed(peer: number, placed: Placed): void;
  /** Sends what is queued, then closes. */
  end(name: CloseName): void;
}

const nobody: readonly Receiver[] = [];

/** Who is connected to this node. */
export class Registry {
  readonly #users = new Map<number, Receiver[]>();
  #count = 0;
  #version = 0;

  /** Adds a device and returns the session of the same device that it replaces, if there is one. */
  add(receiver: Receiver): Receiver | undefined {
    const sessions = this.#users.get(receiver.uid) ?? [];
    const older = sessions.find((session) => session.deviceSN === receiver.deviceSN);
    this.#users.set(receiver.uid, [...sessions.filter((session) => session !== older), receiver]);
    this.#count += older ? 0 : 1;
    this.#version += 1;
    return older;
  }

  /** Whether it was still there: a replaced session is not. */
  remove(receiver: Receiver): boolean {
    const sessions = this.#users.get(receiver.uid);
    if (!sessions?.includes(receiver)) return false;
    if (sessions.length === 1) this.#users.delete(receiver.uid);
    else
      this.#users.set(
        receiver.uid,
        sessions.filter((session) => session !== receiver),
      );
    this.#count -= 1;
    this.#version += 1;
    return true;
  }

  of(uid: number): readonly Receiver[] {
    return this.#users.get(uid) ?? nobody;
  }

  /** The users of an app. */
  usersOf(appId: string): number[] {
    const users: number[] = [];
    for (const [uid, [session]] of this.#users) if (session?.appId === appId) users.push(uid);
    return users;
  }

  /** Another number whenever a session came or went. */
  get version(): number {
    return this.#version;
  }

  get count(): number {
    return this.#count;
  }
}
