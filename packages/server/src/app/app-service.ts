import { ServerError } from '../error.ts';
import type { App, AppStore } from './app-store.ts';

/** The apps of this server, all of them in memory. */
export class AppService {
  readonly #store: AppStore;
  #apps: ReadonlyMap<string, App> = new Map();

  constructor(store: AppStore) {
    this.#store = store;
    this.reload();
  }

  /** Takes over what changed in the database. */
  reload(): void {
    this.#apps = new Map(this.#store.all().map((app) => [app.appId, app]));
  }

  find(appId: string): App | undefined {
    return this.#apps.get(appId);
  }

  /** The app, if its users may use it now. */
  normal(appId: string): App {
    const app = this.find(appId);
    if (!app) throw new ServerError('appNotFound');
    if (app.status !== 'normal') throw new ServerError('appNotNormal');
    return app;
  }

  strangersAllowed(appId: string): boolean {
    return this.find(appId)?.strangersMayChat ?? false;
  }
}
