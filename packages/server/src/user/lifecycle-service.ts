import { UserNoticeType } from '@flooim/protocol';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { Ending } from '../group/leave-all-groups.ts';
import type { RosterService } from '../roster/roster-service.ts';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Bearer, TokenService } from '../token/token-service.ts';
import { lifecycleWrites, type Removed } from './lifecycle-writes.ts';
import type { UserService } from './user-service.ts';

interface Parts {
  writer: Writer;
  users: UserService;
  tokens: TokenService;
  roster: RosterService;
  /** Delivers what the user's leaving wrote in groups. */
  memberships: { deliverEndings(endings: readonly Ending[]): void };
  delivery: Delivery;
  clock: () => number;
}

/** How accounts end, for a while or for ever. Whoever it concerns is out on every door when the call returns. */
export class LifecycleService {
  readonly #parts: Parts;
  readonly #write: Bound<typeof lifecycleWrites>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#write = bindCommands(parts.writer, lifecycleWrites);
  }

  /** Nobody who is named can sign in until he is enabled again. All of them, or none if one is not a user of the app. */
  async disable(appId: string, uids: readonly number[]): Promise<void> {
    const { tokens } = this.#parts;
    const result = await this.#write['user.disable']({ appId, uids }, (done) => {
      if ('refused' in done) return;
      for (const [uid, hashes] of done.ended) tokens.ended(uid, hashes, 'userFrozen', UserNoticeType.FROZEN);
    });
    if ('refused' in result) throw new ServerError(result.refused, `list has ${result.uid}`);
  }

  async enable(appId: string, uids: readonly number[]): Promise<void> {
    const result = await this.#write['user.enable']({ appId, uids });
    if ('refused' in result) throw new ServerError(result.refused, `list has ${result.uid}`);
  }

  /** Deletes the bearer's own account. */
  async removeOwn(bearer: Bearer, password: string): Promise<void> {
    const { uid, appId, passwordHash } = await this.#parts.users.confirm(bearer, password);
    await this.#remove({ appId, uid, passwordHash });
  }

  /** Deletes an account whose owner was not asked. */
  remove({ appId, uid }: { appId: string; uid: number }): Promise<void> {
    return this.#remove({ appId, uid });
  }

  async #remove(asked: { appId: string; uid: number; passwordHash?: string }): Promise<void> {
    const { appId, uid } = asked;
    let result = await this.#removeSome(asked);
    // What was begun with the right password is finished.
    while (!result.gone) result = await this.#removeSome({ appId, uid });
  }

  async #removeSome(asked: { appId: string; uid: number; passwordHash?: string }): Promise<Removed> {
    const result = await this.#write['user.remove']({ ...asked, time: this.#parts.clock() }, (done) => {
      if (!('refused' in done)) this.#removed(asked.uid, done);
    });
    if ('refused' in result) throw new ServerError(result.refused);
    return result;
  }

  #removed(uid: number, { groups, gone }: Removed): void {
    const { roster, tokens, memberships, delivery } = this.#parts;
    if (gone) {
      roster.forgetUser(uid);
      tokens.ended(uid, gone.ended, 'userRemoved', UserNoticeType.REMOVED);
    }
    memberships.deliverEndings(groups);
    for (const { entry, placed } of gone?.told ?? []) delivery.deliverOne(entry, placed);
  }
}
