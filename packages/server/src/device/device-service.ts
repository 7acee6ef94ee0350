import {
  type CloseName,
  type Device,
  encodeUserNotice,
  limits,
  Namespace,
  OsType,
  systemConversation,
  UserNoticeType,
} from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { TokenService } from '../token/token-service.ts';
import type { DeviceStore, LeftDevice } from './device-store.ts';

/** That devices went away is written for many of them together. */
const writeEveryMs = 100;

export interface DeviceClaim {
  uid: number;
  /** Made by the client, kept by it for one install. */
  guid: string;
  platform: number;
  agent: string;
}

interface Parts {
  store: DeviceStore;
  tokens: TokenService;
  delivery: Delivery;
  clock: () => number;
}

/** How signing a device out looks to the device. */
const signedOut = {
  'device.kick': { close: 'kicked', notice: UserNoticeType.KICKED_BY_OTHER_DEVICE },
  'device.remove': { close: 'deviceRemoved', notice: UserNoticeType.DEVICE_REMOVED },
} as const satisfies Record<string, { close: CloseName; notice: UserNoticeType }>;

const platforms: ReadonlySet<number> = new Set(Object.values(OsType));

/** Gives devices their numbers, tells a user's devices of each other, and signs them out. */
export class DeviceService {
  readonly #store: DeviceStore;
  readonly #tokens: TokenService;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  #left: LeftDevice[] = [];
  #written: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor({ store, tokens, delivery, clock }: Parts) {
    this.#store = store;
    this.#tokens = tokens;
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
    void this.writeLeft();
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
    this.#left.push({ uid, deviceSN, seenAt: this.#clock() });
    this.#timer ??= setTimeout(() => this.writeLeft(), writeEveryMs);
  }

  /** Writes when devices went away, as far as that waits. It only decides which one makes room: a lost write costs nothing. */
  writeLeft(): Promise<unknown> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const left = this.#left;
    if (left.length > 0) this.#written = this.#store.write['device.seen']({ left }).catch(() => {});
    this.#left = [];
    return this.#written;
  }

  /** The user's devices, also those that are away. */
  async list(uid: number): Promise<Device[]> {
    await this.writeLeft();
    const known = await this.#store.list(uid);
    const connected = new Set(this.#delivery.connectedDevices(uid));
    return known.map(({ deviceSN, platform, agent, seenAt }) => {
      const online = connected.has(deviceSN);
      return {
        device_sn: deviceSN,
        platform: platforms.has(platform) ? platform : OsType.UNKNOWN,
        user_agent: agent,
        user_id: uid,
        online,
        seen_at: online ? this.#clock() : seenAt,
      };
    });
  }

  /** Signs a device out, which has to log in again with a password. */
  kick(uid: number, deviceSN: number): Promise<void> {
    return this.#signOut('device.kick', uid, deviceSN);
  }

  /** As `kick`, for every device; tokens that no device has used yet end too. */
  kickAll(uid: number): Promise<void> {
    const { close, notice } = signedOut['device.kick'];
    return this.#tokens.revokeAll(uid, close, notice);
  }

  /** Signs a device out and forgets that it was the user's. */
  remove(uid: number, deviceSN: number): Promise<void> {
    return this.#signOut('device.remove', uid, deviceSN);
  }

  async #signOut(command: keyof typeof signedOut, uid: number, deviceSN: number): Promise<void> {
    const { close, notice } = signedOut[command];
    const connectedWith = this.#delivery.tokensOf(uid, deviceSN);
    const ended = await this.#store.write[command]({ uid, deviceSN, connectedWith }, (hashes) => {
      if (!hashes) return;
      this.#delivery.endSessions(uid, close, notice, (session) => session.deviceSN === deviceSN);
      // A token is one device's, but nothing keeps others from connecting with it.
      this.#tokens.ended(uid, hashes);
    });
    if (!ended) throw new ServerError('invalidParameter', 'device_sn is none of your devices');
  }

  #tellOthers(uid: number, deviceSN: number, type: UserNoticeType): void {
    const payload = encodeUserNotice({ type, content: String(deviceSN) });
    const notice = { uid, peer: systemConversation, fromUid: uid, fromDevice: deviceSN, payload };
    this.#delivery.pushTransient({ ...notice, ns: Namespace.USER_NOTICE }, deviceSN);
  }
}
