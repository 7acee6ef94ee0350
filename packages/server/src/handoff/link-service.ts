import { randomBytes } from 'node:crypto';
import type { LinkInfo, SupportLink } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { ServerError } from '../error.ts';
import type { LinkStore } from './link-store.ts';

/** Whom a new link leads to, and what clients are told besides. */
export interface LinkTarget {
  uid: number;
  text?: string;
  type?: string;
}

interface Parts {
  store: LinkStore;
  apps: AppService;
  clock: () => number;
}

/** Links under which visitors find one user of an app. */
export class LinkService {
  readonly #store: LinkStore;
  readonly #apps: AppService;
  readonly #clock: () => number;

  constructor({ store, apps, clock }: Parts) {
    this.#store = store;
    this.#apps = apps;
    this.#clock = clock;
  }

  /** For whoever has the link, whichever app it is of. */
  async resolve(link: string): Promise<LinkInfo> {
    const found = await this.#store.find(link);
    if (!found) throw new ServerError('linkNotFound');
    this.#apps.normal(found.app_id);
    return found;
  }

  async create(appId: string, { uid, text = '', type = '' }: LinkTarget): Promise<SupportLink> {
    // A letter, so that a command line does not take it for a flag.
    const link = `l${randomBytes(16).toString('base64url')}`;
    const time = this.#clock();
    const { refused } = await this.#store.write['link.create']({ link, appId, uid, text, type, time });
    if (refused) throw new ServerError(refused, refused === 'userNotFound' ? 'user_id' : undefined);
    return { link, user_id: uid, text, type, created_at: time };
  }

  list(appId: string): Promise<SupportLink[]> {
    return this.#store.list(appId);
  }

  async remove(appId: string, link: string): Promise<void> {
    if (!(await this.#store.write['link.delete']({ appId, link }))) throw new ServerError('linkNotFound');
  }
}
