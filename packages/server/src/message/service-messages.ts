import {
  type ContentType,
  decodeMessageBody,
  encodeMessageBody,
  isId,
  type MessageBody,
  MessageType,
  maxId,
  Namespace,
  OperationType,
  Vsn,
} from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { objectsIn } from '../file/object-names.ts';
import { MuteMode } from '../group/group-state.ts';
import type { RosterService } from '../roster/roster-service.ts';
import { EntryKind } from '../store/entry.ts';
import { checkContent, messagePayload } from './message-content.ts';
import type { Done, MessageLog } from './message-log.ts';
import type { MessageRights } from './message-rights.ts';
import type { MessageService } from './message-service.ts';
import type { MessageStore } from './message-store.ts';
import type { AskedOperation, Operations } from './operations.ts';
import { systemEntry } from './system-writes.ts';

/** In whose name a service speaks: a user of the app, or 0: the app itself. */
export interface ServiceSender {
  appId: string;
  uid: number;
}

export interface ServiceMessage extends Partial<Pick<MessageBody, 'content' | 'attachment' | 'ext' | 'config'>> {
  /** A `ContentType`. */
  ctype: number;
}

export interface ServiceOptions {
  /** The same again, from this sender to the same target within ten minutes, does nothing; 0: it is never the same. */
  transactionId?: number;
  /** Only for devices that are connected now; nothing is stored, and its mid is 0. */
  onlineOnly?: boolean;
}

export interface ServiceOperation extends Partial<Pick<MessageBody, 'content' | 'ext' | 'config'>> {
  type: typeof OperationType.READ_ACK | typeof OperationType.RECALL | EditType;
  /** To read up to 0 is to read all. */
  mid: number;
}

type EditType = typeof OperationType.APPEND | typeof OperationType.REPLACE;

interface Parts {
  store: MessageStore;
  messages: MessageService;
  operations: Operations;
  log: MessageLog;
  rights: MessageRights;
  roster: RosterService;
  delivery: Delivery;
  clock: () => number;
}

/**
 * Messages and operations that come over REST, from no device. All resolve after the flush, with the mid of what they became,
 * and throw `ServerError`.
 */
export class ServiceMessages {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To a user; what the app itself says goes into his system conversation. */
  async toUser(sender: ServiceSender, to: number, said: ServiceMessage, options: ServiceOptions = {}): Promise<number> {
    const { messages, rights } = this.#parts;
    if (!isId(to) || to === sender.uid) throw new ServerError('invalidParameter', 'targets: not another user');
    const body = bodyOf(said);
    if (options.onlineOnly) {
      checkContent(body);
      if (sender.uid > 0) await rights.pair(deviceOf(sender), to, 'sendMessage');
      else await this.#requireUser(sender.appId, to);
      this.#pushTo(sender, to, messagePayload(body, MessageType.CHAT, sender.uid === 0));
      return 0;
    }
    const transaction = options.transactionId || null;
    if (sender.uid === 0) return this.#toSystem(sender, transaction, to, body);
    return settled((done) => messages.toUser(deviceOf(sender), transaction, to, body, done));
  }

  /** To a group. A user has to be in it and not banned, the app itself only needs it to be there. */
  async toGroup(
    sender: ServiceSender,
    gid: number,
    said: ServiceMessage,
    options: ServiceOptions = {},
  ): Promise<number> {
    const { messages, rights } = this.#parts;
    const body = bodyOf(said);
    if (!options.onlineOnly) {
      const transaction = options.transactionId || null;
      return settled((done) => messages.toGroup(deviceOf(sender), transaction, gid, body, done));
    }
    checkContent(body);
    const payload = messagePayload(body, MessageType.GROUPCHAT, sender.uid === 0);
    for (const [uid, { muteMode }] of rights.speak(deviceOf(sender), gid).members) {
      if (muteMode !== MuteMode.messages) this.#pushTo(sender, uid, payload, gid);
    }
    return 0;
  }

  /** From the app itself to all of its users; how many they are. */
  async broadcast(appId: string, said: ServiceMessage): Promise<number> {
    const { store, delivery, clock } = this.#parts;
    const body = bodyOf(said);
    checkContent(body);
    const payload = new Uint8Array(messagePayload(body, MessageType.CHAT, true));
    const files = { appId, uid: 0, objects: objectsIn(payload) };
    const time = clock();
    let count = 0;
    for (let after = 0; ; ) {
      const told = await store.broadcast({ appId, payload, files, time, after }, (users) => {
        for (const { uid, placed } of users) delivery.deliverOne(systemEntry(uid, payload, time), placed);
      });
      const last = told.at(-1);
      if (!last) return count;
      count += told.length;
      after = last.uid;
    }
  }

  /**
   * What is done to a message of the sender's conversation with `peer`, a user or a group. The app itself recalls and edits,
   * in a group or in the system conversation of a user. `anyTime`: an administrator recalls; then the message may be old, and
   * for the app itself one between `peer` and another user.
   */
  async operate(
    sender: ServiceSender,
    peer: number,
    { type, mid, ...edit }: ServiceOperation,
    { anyTime = false } = {},
  ): Promise<number> {
    const { operations } = this.#parts;
    const position = type === OperationType.READ_ACK && mid === 0 ? maxId : mid;
    const operation = { type, mid: position, xid: { uid: peer, deviceSN: 0 } };
    const edited = bodyOf({ ctype: 0, ...edit });
    const device = { ...deviceOf(sender), vsn: Vsn.V2 };
    const asked = { sender: device, clientMid: null, to: peer, operation, edit: edited, anyTime };
    if (sender.uid === 0) return this.#operateAsApp(asked);
    return settled((done) => operations.operate(asked, done));
  }

  async #operateAsApp(asked: AskedOperation): Promise<number> {
    const { operations, rights, store } = this.#parts;
    const { sender, to: peer, operation } = asked;
    const place = store.placeOf(operation.mid);
    if (rights.isGroup(sender.appId, peer)) rights.group(sender, peer, 'readMessages');
    else await this.#requireUser(sender.appId, peer);
    const isRecall = asked.anyTime && operation.type === OperationType.RECALL;
    const isBetweenUsers = isRecall && place && place.logId !== place.toUid;
    if (isBetweenUsers && (place.fromUid === peer || place.toUid === peer)) {
      // It goes as if its sender had taken it back.
      const own = { ...asked, sender: { ...sender, uid: place.fromUid }, to: place.toUid };
      return settled((done) =>
        operations.operateAsApp(own, { peer: place.toUid, peerLog: place.logId, where: 'pair' }, done),
      );
    }
    const where = rights.isGroup(sender.appId, peer) ? 'group' : 'system';
    return settled((done) => operations.operateAsApp(asked, { peer, peerLog: peer, where }, done));
  }

  #toSystem(sender: ServiceSender, transaction: number | null, to: number, body: MessageBody): Promise<number> {
    const { log } = this.#parts;
    checkContent(body);
    const payload = messagePayload(body, MessageType.CHAT, true);
    const sent = log.sent(deviceOf(sender), transaction, { kind: EntryKind.message, logId: to, toUid: to, payload });
    return settled((done) => log.write('message.appendSystem', { ...sent, appId: sender.appId }, done));
  }

  async #requireUser(appId: string, uid: number): Promise<void> {
    const { roster } = this.#parts;
    if (!(await roster.peerExists(appId, uid))) throw new ServerError(roster.whyAbsent(appId, uid));
  }

  #pushTo(sender: ServiceSender, uid: number, payload: Uint8Array, gid?: number): void {
    const from = { fromUid: sender.uid, fromDevice: 0, ns: Namespace.MESSAGE };
    this.#parts.delivery.pushTransient({ uid, peer: gid ?? sender.uid, gid, ...from, payload });
  }
}

/** Version 1: a transaction is known again by its content too, for a while. */
function deviceOf({ appId, uid }: ServiceSender): ConnectedDevice {
  return { appId, uid, deviceSN: 0, vsn: Vsn.V1 };
}

function bodyOf(said: ServiceMessage): MessageBody {
  return decodeMessageBody(encodeMessageBody({ ...said, ctype: said.ctype as ContentType }));
}

/** Waits for the answer that a sender would get. */
function settled(act: (done: Done) => void | Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    Promise.resolve(act((reply) => (reply.ok ? resolve(reply.mid) : reject(reply.error)))).catch(reject);
  });
}
