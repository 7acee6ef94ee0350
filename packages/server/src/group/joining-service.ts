import {
  type GroupApplication,
  type GroupCode,
  type GroupInvitation,
  type GroupUserRelationResponse,
  limits,
} from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { enterGroup, type InGroup } from './group-access.ts';
import type { GroupCodes } from './group-codes.ts';
import type { GroupDelivery } from './group-delivery.ts';
import type { GroupDirectory } from './group-directory.ts';
import type { Page, PageRequest } from './group-page.ts';
import type { JoiningStore } from './joining-store.ts';
import type { ListLimit } from './list-limit.ts';
import { runCommand } from './run-command.ts';

/** A yes or no to an application or an invitation. */
export interface Answer {
  approval: boolean;
  reason?: string;
}

interface Parts {
  store: JoiningStore;
  groupDirectory: GroupDirectory;
  groupDelivery: GroupDelivery;
  codes: GroupCodes;
  listLimit: ListLimit;
  clock: () => number;
}

/** Users that one command brings into a group: the writer is not kept from others for longer. */
const usersAtOnce = 500;

/** The ways into a group: by application, by invitation, by code. */
export class JoiningService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What happens is up to the group's `apply_approval`. */
  async apply(applicant: InGroup, reason = ''): Promise<void> {
    const { store, groupDelivery, listLimit, clock } = this.#parts;
    // As many as hear of it at most.
    listLimit.count(applicant.uid, limits.groupAdmins);
    await runCommand(groupDelivery, store.write['group.apply'], { ...applicant, reason, time: clock() });
  }

  async handleApplication(admin: InGroup, applicant: number, { approval, reason = '' }: Answer): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...admin, applicant, approval, reason, time: clock() };
    await runCommand(groupDelivery, store.write['group.handleApplication'], act);
  }

  /** Whoever does not want to be asked is in at once. */
  async invite(inviter: InGroup, users: readonly number[], reason = ''): Promise<GroupUserRelationResponse[]> {
    this.#parts.listLimit.count(inviter.uid, users.length);
    const results: GroupUserRelationResponse[] = [];
    for (const part of this.inParts(users)) results.push(...(await this.bringIn(inviter, part, reason)));
    return results;
  }

  /** As `invite`, for one of the parts. */
  async bringIn(inviter: InGroup, users: readonly number[], reason = ''): Promise<GroupUserRelationResponse[]> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...inviter, users, reason, time: clock() };
    return (await runCommand(groupDelivery, store.write['group.invite'], act)).results;
  }

  /** Each user once, in lists of which one command takes one; at least one list. */
  inParts(users: readonly number[]): number[][] {
    const all = [...new Set(users)];
    const count = Math.max(1, Math.ceil(all.length / usersAtOnce));
    return Array.from({ length: count }, (_, i) => all.slice(i * usersAtOnce, (i + 1) * usersAtOnce));
  }

  /** `inviter`: himself for his newest invitation to the group. */
  async handleInvitation(invitee: InGroup, inviter: number, { approval, reason = '' }: Answer): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...invitee, inviter, approval, reason, time: clock() };
    await runCommand(groupDelivery, store.write['group.handleInvitation'], act);
  }

  /** With a code somebody comes in as if its maker had invited him. */
  code(inviter: InGroup): GroupCode {
    const { groupDirectory, codes, clock } = this.#parts;
    enterGroup(groupDirectory, inviter, 'invite');
    const createdAt = clock();
    const expiresAt = createdAt + limits.groupCodeTtlMs;
    const code = codes.write({ gid: inviter.gid, inviter: inviter.uid, expiresAt });
    return { qr_info: code, create_at: createdAt, expire_at: expiresAt };
  }

  async joinByCode(user: Omit<InGroup, 'gid'>, code: string): Promise<void> {
    const { store, groupDelivery, codes, clock } = this.#parts;
    const time = clock();
    const invite = codes.read(code);
    if (!invite) throw new ServerError('groupCodeInvalid');
    if (invite.expiresAt <= time) throw new ServerError('groupCodeExpired');
    const { appId, uid } = user;
    const { gid, inviter } = invite;
    await runCommand(groupDelivery, store.write['group.join'], { appId, uid, gid, inviter, time });
  }

  /** To the groups among these that the user administers; answered and expired ones too, the newest first. */
  applications(uid: number, gids: readonly number[], page: PageRequest): Promise<Page<GroupApplication>> {
    return this.#parts.store.applications(uid, gids, page);
  }

  /** As `applications`, to the user. */
  invitations(uid: number, page: PageRequest): Promise<Page<GroupInvitation>> {
    return this.#parts.store.invitations(uid, page);
  }
}
