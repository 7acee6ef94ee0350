import type { BatchItem, BatchRegistration, UserListItem } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { Logger } from '../log.ts';
import type { ApplicationText, RosterService } from '../roster/roster-service.ts';
import type { UserService } from '../user/user-service.ts';
import type { AdminStore } from './admin-store.ts';
import type { AdminTokenService } from './admin-token-service.ts';

/** What of a profile is to become different. */
type ProfileFields = Parameters<UserService['changeProfile']>[1];

/** An administrator at work in an app. */
interface AtWork {
  appId: string;
  tokenHash: Uint8Array;
}

interface Parts {
  store: AdminStore;
  apps: AppService;
  adminTokens: AdminTokenService;
  users: UserService;
  roster: RosterService;
  delivery: Delivery;
  log: Logger;
}

/** What an app's own services do to many of its users. A batch goes on after an item that failed, and says which and why. */
export class AdminService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  users(appId: string, page: number, pageSize: number): Promise<UserListItem[]> {
    return this.#parts.store.users(appId, (page - 1) * pageSize, pageSize);
  }

  /**
   * One after the other: each costs a password hash, and people who log in meanwhile wait for one of them at most. So it takes
   * long, and fails from where on the administrator may not any more.
   */
  async register(
    administrator: AtWork,
    list: readonly { username: string; password: string }[],
  ): Promise<BatchRegistration[]> {
    const results: BatchRegistration[] = [];
    for (const { username, password } of list) {
      let uid = 0;
      const outcome = await this.#attempt(async () => {
        await this.#requireStill(administrator);
        uid = (await this.#parts.users.create(administrator.appId, username, password)).user_id;
      });
      results.push({ user_id: uid, username, ...outcome });
    }
    return results;
  }

  /** Changes what is given of each profile. */
  async changeProfiles(appId: string, list: readonly { uid: number; change: ProfileFields }[]): Promise<BatchItem[]> {
    const results: BatchItem[] = [];
    for (const { uid, change } of list) {
      const outcome = await this.#attempt(async () => {
        if (!(await this.#parts.users.account(appId, { uid }))) throw new ServerError('userNotFound');
        await this.#parts.users.changeProfile(uid, change);
      });
      results.push({ user_id: uid, ...outcome });
    }
    return results;
  }

  /** Asks each of them to be the user's friend. */
  async apply(
    appId: string,
    uid: number,
    list: readonly { peer: number; text: ApplicationText }[],
  ): Promise<BatchItem[]> {
    const results: BatchItem[] = [];
    for (const { peer, text } of list) {
      const outcome = await this.#attempt(() => this.#parts.roster.apply({ appId, uid, peer }, text));
      results.push({ user_id: peer, ...outcome });
    }
    return results;
  }

  isOnline(uid: number): boolean {
    return this.#parts.delivery.connectedDevices(uid).length > 0;
  }

  /** A user's friends with their usernames. */
  async friends(appId: string, uid: number): Promise<{ user_id: number; name: string }[]> {
    const { items } = await this.#parts.roster.friends(uid);
    const friends = await this.#parts.roster.items(appId, uid, items);
    return friends.map(({ user_id, username }) => ({ user_id, name: username }));
  }

  async #requireStill({ appId, tokenHash }: AtWork): Promise<void> {
    const administrator = await this.#parts.adminTokens.holder(tokenHash);
    if (!administrator) throw new ServerError('tokenInvalid');
    if (administrator.kind === 'app') this.#parts.apps.normal(appId);
  }

  async #attempt(act: () => Promise<void>): Promise<{ success: boolean; reason?: string }> {
    try {
      await act();
      return { success: true };
    } catch (error) {
      if (error instanceof ServerError) return { success: false, reason: error.message };
      this.#parts.log.error({ err: error }, 'an item of a batch failed');
      return { success: false, reason: new ServerError('internal').message };
    }
  }
}
