import { type AppDetails, encodeUserNotice, Namespace, systemConversation, UserNoticeType } from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import { type App, type AppChange, type AppStatus, type AppStore, appStatuses } from './app-store.ts';
import { closedBy, closeFor } from './licence.ts';

export { type AppChange, type AppStatus, appStatuses };

/** How often the server looks for licences that have run out. */
const lookEveryMs = 1000;
/** How long the server relies on where an app's users exceed its licence. */
const boundaryForMs = 10_000;
/** Users whose devices are told before others get a turn. */
const usersPerTurn = 500;

interface Parts {
  store: AppStore;
  delivery: Delivery;
  clock: () => number;
}

/** The apps of this server, all of them in memory; and who may use them. */
export class AppService {
  readonly #store: AppStore;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  readonly #look: NodeJS.Timeout;
  #apps: ReadonlyMap<string, App> = new Map();
  /** For apps with a limit: the first user beyond it, and when that was read. */
  readonly #boundaries = new Map<string, { uid: number; at: number }>();
  /** Apps whose sessions were ended because their licence had run out. */
  readonly #lapsed = new Set<string>();

  constructor({ store, delivery, clock }: Parts) {
    this.#store = store;
    this.#delivery = delivery;
    this.#clock = clock;
    this.reload();
    this.#look = setInterval(() => this.#endLapsed(), lookEveryMs).unref();
  }

  /** Takes over what changed in the database. */
  reload(): void {
    this.#apps = new Map(this.#store.all().map((app) => [app.appId, app]));
    this.#boundaries.clear();
  }

  find(appId: string): App | undefined {
    return this.#apps.get(appId);
  }

  /** The app, in whatever state it is. */
  require(appId: string): App {
    const app = this.find(appId);
    if (!app) throw new ServerError('appNotFound');
    return app;
  }

  /** The app, if its users may use it now. */
  normal(appId: string): App {
    const app = this.require(appId);
    const reason = closedBy(app, this.#clock());
    if (reason) throw new ServerError(reason);
    return app;
  }

  /** As `normal`, for one of its users: the licence may not cover all of them. */
  admit(appId: string, uid: number): void {
    if (uid >= this.#boundary(this.normal(appId))) throw new ServerError('licenceExceeded');
  }

  strangersAllowed(appId: string): boolean {
    return this.find(appId)?.strangersMayChat ?? false;
  }

  /** Every app as its operator sees it, by id. */
  async details(): Promise<AppDetails[]> {
    const [users, fileBytes] = [this.#store.userCounts(), this.#store.fileBytes()];
    return [...this.#apps.values()].map((app) => {
      return toDetails(app, { users: users.get(app.appId) ?? 0, fileBytes: fileBytes.get(app.appId) ?? 0 });
    });
  }

  async create(appId: string, name: string): Promise<void> {
    const isNew = await this.#store.write['app.create']({ appId, name, time: this.#clock() }, () => this.reload());
    if (!isNew) throw new ServerError('invalidParameter', 'app_id is taken');
  }

  /** Changes what is given. Whoever may not use the app any more is gone when the call returns. */
  async update(appId: string, change: AppChange): Promise<void> {
    this.require(appId);
    await this.#store.write['app.update']({ appId, change }, () => {
      this.reload();
      this.#lapsed.delete(appId);
      this.#endRefused(this.require(appId));
    });
  }

  /** Tells every session of the app that its service is elsewhere now; how many those are. */
  async moved(appId: string): Promise<number> {
    const users = this.#delivery.connectedUsers(this.require(appId).appId);
    const payload = encodeUserNotice({ type: UserNoticeType.CLUSTER_CHANGED });
    const notice = { peer: systemConversation, fromDevice: 0, ns: Namespace.USER_NOTICE, payload };
    let sessions = 0;
    for (const [i, uid] of users.entries()) {
      if (i % usersPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      sessions += this.#delivery.connectedDevices(uid).length;
      this.#delivery.pushTransient({ ...notice, uid, fromUid: uid });
    }
    return sessions;
  }

  close(): void {
    clearInterval(this.#look);
  }

  #boundary({ appId, userLimit }: App): number {
    if (userLimit === 0) return Number.POSITIVE_INFINITY;
    const now = this.#clock();
    const known = this.#boundaries.get(appId);
    if (known && now - known.at < boundaryForMs) return known.uid;
    const uid = this.#store.firstBeyondLimit(appId);
    this.#boundaries.set(appId, { uid, at: now });
    return uid;
  }

  #endLapsed(): void {
    const now = this.#clock();
    for (const app of this.#apps.values()) {
      if (this.#lapsed.has(app.appId) || closedBy(app, now) !== 'licenceExpired') continue;
      this.#lapsed.add(app.appId);
      this.#endRefused(app);
    }
  }

  /** Closes the sessions of those whom `admit` would refuse. */
  #endRefused(app: App): void {
    const reason = closedBy(app, this.#clock());
    const firstRefused = reason ? 0 : this.#boundary(app);
    for (const uid of this.#delivery.connectedUsers(app.appId)) {
      if (uid >= firstRefused) this.#delivery.endSessions(uid, closeFor[reason ?? 'licenceExceeded']);
    }
  }
}

function toDetails(app: App, { users, fileBytes }: { users: number; fileBytes: number }): AppDetails {
  return {
    app_id: app.appId,
    name: app.name,
    status: app.status,
    open_registration: app.openRegistration,
    strangers_may_chat: app.strangersMayChat,
    user_limit: app.userLimit,
    file_bytes_limit: app.fileBytesLimit,
    licence_expires_at: app.licenceExpiresAt,
    users,
    file_bytes: fileBytes,
  };
}
