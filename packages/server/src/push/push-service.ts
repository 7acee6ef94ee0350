import { ServerError } from '../error.ts';
import type { DevicePush, PushStore } from './push-store.ts';

/** Keeps by what a user and his devices can be pushed to. */
export class PushService {
  readonly #store: PushStore;

  constructor(store: PushStore) {
    this.#store = store;
  }

  async bind(device: DevicePush): Promise<void> {
    const isKnown = await this.#store.write['push.bind'](device);
    if (!isKnown) throw new ServerError('invalidParameter', 'device_sn is none of your devices');
  }

  /** Also where nothing is bound: a device that signs out must not fail because of it. */
  unbind(uid: number, deviceSN: number): Promise<void> {
    return this.#store.write['push.unbind']({ uid, deviceSN });
  }

  async setAlias(user: { appId: string; uid: number }, alias: string, token = ''): Promise<void> {
    const isFree = await this.#store.write['push.setAlias']({ ...user, alias, token });
    if (!isFree) throw new ServerError('invalidParameter', "alias is another user's");
  }

  setBadge(uid: number, badge: number): Promise<void> {
    return this.#store.write['push.setBadge']({ uid, badge });
  }

  tags(uid: number): Promise<string[]> {
    return this.#store.tags(uid);
  }

  async addTags(uid: number, tags: readonly string[]): Promise<void> {
    const hasRoom = await this.#store.write['push.addTags']({ uid, tags });
    if (!hasRoom) throw new ServerError('invalidParameter', 'tags: too many');
  }

  /** Without `tags`: all. */
  removeTags(uid: number, tags?: readonly string[]): Promise<void> {
    return this.#store.write['push.removeTags']({ uid, tags });
  }
}
