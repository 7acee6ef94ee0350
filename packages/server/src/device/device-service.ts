import { encodeUserNotice, limits, Namespace, systemConversation, UserNoticeType } from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { DeviceStore } from './device-store.ts';

export interface DeviceClaim {
  uid: number;
  /** Made by the client, kept by it for one install. */
  guid: string;
  platform: number;
  agent: string;
}

/** Gives devices their numbers and tells a user's devices of each other. */
export class DeviceService {
  readonly #store: DeviceStore;
  readonly #delivery: Delivery;
  readonly #clock: () => number;

  constructor(store: DeviceStore, delivery: Delivery, clock: () => number) {
    this.#store = store;
    this.#delivery = delivery;
    this.#clock = clock;
  }

  /** The number of the user's device; the client's own idea of it is never trusted. */
  async identify(claim: DeviceClaim): Promise<number> {
    const { uid, guid } = claim;
    if (!guid || guid.length > limits.deviceGuidChars) throw new ServerError('invalidParameter', 'device_guid');
    const known = this.#store.find(uid, guid);
    if (known !== undefined) return known;
    const online = this.#delivery.connectedDevices(uid);
    const agent = claim.agent.slice(0, 256);
    const added = await this.#store.write['device.add']({ ...claim, agent, seenAt: this.#clock(), online });
    if (!added) throw new ServerError('tooManyDevices');
    const { deviceSN, evicted } = added;
    if (evicted !== undefined) this.#end(uid, evicted);
    this.#tellOthers(uid, deviceSN, UserNoticeType.DEVICE_ADDED);
    return deviceSN;
  }

  /** Whether the number is still that of the device. */
  isKnown(uid: number, guid: string, deviceSN: number): boolean {
    return this.#store.find(uid, guid) === deviceSN;
  }

  /** It connected while it was being removed. */
  #end(uid: number, deviceSN: number): void {
    this.#delivery.endSessions(uid, 'tooManyDevices', undefined, (session) => session.deviceSN === deviceSN);
  }

  connected(uid: number, deviceSN: number): void {
    this.#tellOthers(uid, deviceSN, UserNoticeType.DEVICE_LOGIN);
  }

  disconnected(uid: number, deviceSN: number): void {
    this.#tellOthers(uid, deviceSN, UserNoticeType.DEVICE_LOGOUT);
    // When a device was last here only decides which one makes room; a lost write costs nothing.
    this.#store.write['device.seen']({ uid, deviceSN, seenAt: this.#clock() }).catch(() => {});
  }

  #tellOthers(uid: number, deviceSN: number, type: UserNoticeType): void {
    const payload = encodeUserNotice({ type, content: String(deviceSN) });
    const notice = { uid, peer: systemConversation, fromUid: uid, fromDevice: deviceSN, payload };
    this.#delivery.pushTransient({ ...notice, ns: Namespace.USER_NOTICE }, deviceSN);
  }
}
