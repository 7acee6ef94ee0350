import { limits, type SupportStaff, staffSources } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { RosterService } from '../roster/roster-service.ts';
import type { Passwords } from '../token/passwords.ts';
import { checkPassword, visitorName } from './account-rules.ts';
import type { UserStore } from './user-store.ts';

interface Parts {
  store: UserStore;
  apps: AppService;
  passwords: Passwords;
  roster: RosterService;
  delivery: Delivery;
  /** Those who are there for visitors: usernames, perhaps each with a colon and what he is. */
  staff: readonly string[];
  clock: () => number;
}

/** Whom a visitor wants to talk to, and what he is called. */
interface Visit {
  prefix: string;
  password: string;
  contact?: number;
}

/** People who come without a name, and whom they find. */
export class VisitorService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes an account whose name begins with `prefix`. With a contact it is as if he had applied to be friends. */
  async register(appId: string, { prefix, password, contact }: Visit): Promise<{ username: string; user_id: number }> {
    const { store, apps, passwords, roster, delivery, clock } = this.#parts;
    if (!apps.normal(appId).openRegistration) throw new ServerError('registrationClosed');
    const username = visitorName(prefix);
    checkPassword(password);
    if (contact !== undefined && !(await roster.peerExists(appId, contact))) {
      throw new ServerError(roster.whyAbsent(appId, contact), 'cid');
    }
    const time = clock();
    const visitor = { appId, username, passwordHash: await passwords.hash(appId, password), time };
    const asked = contact !== undefined && { uid: contact, isStaff: await this.#isStaff(appId, contact) };
    const applicationExpiresAt = time + limits.applicationTtlMs;
    const result = await store.write['user.createVisitor'](
      { ...visitor, ...(asked && { contact: asked }), applicationExpiresAt },
      (done) => {
        if ('refused' in done) return;
        if (asked) roster.forgetPair(done.uid, asked.uid);
        for (const { entry, placed } of done.appended) delivery.deliverOne(entry, placed);
      },
    );
    if ('refused' in result) throw new ServerError(result.refused);
    return { username, user_id: result.uid };
  }

  /** Those who are there for visitors and can sign in. */
  async staff(appId: string): Promise<SupportStaff[]> {
    const sources = new Map(this.#parts.staff.map(readStaff));
    const found = await this.#parts.store.byNames(appId, [...sources.keys()]);
    return found.map(({ uid, profile }) => ({
      user_id: uid,
      username: profile.username,
      nickname: profile.nick_name,
      avatar: profile.avatar,
      source: sources.get(profile.username.toLowerCase()) ?? 'official',
    }));
  }

  async #isStaff(appId: string, uid: number): Promise<boolean> {
    const staff = await this.staff(appId);
    return staff.some(({ user_id }) => user_id === uid);
  }
}

/** Names that differ in case alone are the same. */
function readStaff(entry: string): [name: string, source: SupportStaff['source']] {
  const [name = '', source] = entry.split(':');
  return [name.toLowerCase(), staffSources.find((known) => known === source) ?? 'official'];
}
