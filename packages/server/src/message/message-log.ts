import { Namespace, systemConversation, Vsn } from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { objectsIn } from '../file/object-names.ts';
import type { GroupDelivery } from '../group/group-delivery.ts';
import { type Appended, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { MessageCommand, MessageStore } from './message-store.ts';
import type { messageWrites } from './message-writes.ts';
import type { SendResult, Sent } from './sent.ts';

/** What a sender is told: where his entry stands in which conversation, or why it was refused. */
export type Reply =
  | { ok: true; peer: number; mid: number; prevMid: number; time: number; editTimestamp?: number }
  | { ok: false; error: ServerError };

/** Called once, after the flush. */
export type Done = (reply: Reply) => void;

/** What there is to say of an entry beside who sends it. */
export type Said = Pick<NewEntry, 'kind' | 'logId' | 'toUid' | 'payload'>;

interface Parts {
  store: MessageStore;
  delivery: Delivery;
  groupDelivery: GroupDelivery;
  clock: () => number;
}

/** From an entry that may be written to the disk, and from the flush to the sender's answer and the devices. */
export class MessageLog {
  readonly #store: MessageStore;
  readonly #delivery: Delivery;
  readonly #groupDelivery: GroupDelivery;
  readonly #clock: () => number;

  constructor({ store, delivery, groupDelivery, clock }: Parts) {
    this.#store = store;
    this.#delivery = delivery;
    this.#groupDelivery = groupDelivery;
    this.#clock = clock;
  }

  /** The entry as the sender's. Without a client mid it is never taken for a repeat. */
  sent({ appId, uid, deviceSN, vsn }: ConnectedDevice, clientMid: number | null, said: Said): Sent {
    const { kind, logId, toUid, payload } = said;
    const objects = kind === EntryKind.message ? objectsIn(payload) : [];
    const by = { fromUid: uid, fromDevice: deviceSN, clientMid };
    return {
      entry: { kind, logId, toUid, payload, ...by, ns: Namespace.MESSAGE, time: this.#clock() },
      dedupe: vsn === Vsn.V2 ? 'clientMid' : 'clientMidAndPayload',
      ...(objects.length > 0 && { files: { appId, uid, objects } }),
    };
  }

  /** What `givesWay` is pulled, not pushed, where much is waiting. */
  write<K extends MessageCommand>(
    command: K,
    args: Sent & Parameters<(typeof messageWrites)[K]>[1],
    done: Done,
    givesWay = false,
  ): void {
    this.#store.write(command, args, (error, result) => this.#settle(args.entry, error, result, done, givesWay));
  }

  logOf(mid: number): number | undefined {
    return this.#store.logOf(mid);
  }

  /** The answer to what was sent before under the same client mid. */
  replyTo(sent: Sent): Reply | undefined {
    const before = this.#store.repeated(sent);
    return before?.outcome === 'repeated' ? repeatedReply(sent.entry, before) : undefined;
  }

  #settle(entry: NewEntry, error: Error | undefined, result: SendResult, done: Done, givesWay: boolean): void {
    if (error) return done({ ok: false, error: error instanceof ServerError ? error : new ServerError('database') });
    if (result.outcome === 'refused') return done({ ok: false, error: new ServerError(result.reason, result.detail) });
    if (result.outcome === 'repeated') {
      done(repeatedReply(entry, result));
      return this.#deliverAlso(result.also);
    }
    const { placed, time, payload, also, editTimestamp, since } = result;
    done({ ok: true, peer: conversationOf(entry), mid: placed.mid, prevMid: placed.prevMid, time, editTimestamp });
    this.#deliver(payload ? { ...entry, payload } : entry, placed, givesWay, since);
    this.#deliverAlso(also);
  }

  #deliverAlso(also: readonly Appended[] = []): void {
    for (const { entry, placed, since } of also) this.#delivery.deliverOne(entry, placed, since);
  }

  #deliver(entry: NewEntry, placed: Placed, givesWay: boolean, since?: number): void {
    const { logId, fromUid, toUid } = entry;
    // What moves a position is never in a group's log.
    if (since === undefined && logId === toUid && fromUid !== toUid)
      this.#groupDelivery.deliver(entry, placed, [], givesWay);
    else this.#delivery.deliverOne(entry, placed, since);
  }
}

/** Naming the entry as its own predecessor makes a device that does not have it pull. */
function repeatedReply(entry: NewEntry, { mid, time, editTimestamp }: SendResult & { outcome: 'repeated' }): Reply {
  return { ok: true, peer: conversationOf(entry), mid, prevMid: mid, time, editTimestamp };
}

/** The entry's conversation as its sender knows it. */
function conversationOf({ fromUid, toUid }: NewEntry): number {
  return fromUid === toUid ? systemConversation : toUid;
}
