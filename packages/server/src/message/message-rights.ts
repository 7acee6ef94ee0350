import { canInPair, type GroupAction, type PairAction, type PairRole } from '@flooim/protocol';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { enterGroup } from '../group/group-access.ts';
import type { GroupDirectory } from '../group/group-directory.ts';
import { bansOf, type GroupState, roleIn } from '../group/group-state.ts';
import type { RosterService } from '../roster/roster-service.ts';
import { silencedBy } from './speaking.ts';

/** The one question of authorisation in conversations; what it throws says why not. Writers ask it again: `refusals.ts`. */
export class MessageRights {
  readonly #roster: RosterService;
  readonly #groups: GroupDirectory;
  readonly #clock: () => number;

  constructor(roster: RosterService, groups: GroupDirectory, clock: () => number) {
    this.#roster = roster;
    this.#groups = groups;
    this.#clock = clock;
  }

  /** May the sender do it towards the other user? In which role he may; a promise only if something was looked up. */
  pair(sender: ConnectedDevice, peer: number, action: PairAction): PairRole | Promise<PairRole> {
    const exists = this.#roster.peerExists(sender.appId, peer);
    const role = this.#roster.pairRole(sender.uid, peer);
    if (exists === true && typeof role === 'string') return this.#judge(sender, role, action);
    return Promise.all([exists, role]).then(([isThere, found]) => {
      const absence = isThere ? undefined : this.#roster.whyAbsent(sender.appId, peer);
      // What somebody wrote who is gone can still be read, and taken back what he was told.
      const isAbout = absence === 'userDeleted' && (action === 'sendOperation' || action === 'read');
      if (absence && !isAbout) throw new ServerError(absence);
      return this.#judge(sender, found, action);
    });
  }

  /** The group in which somebody may do it. The app itself, uid 0, may do everything where there is a group. */
  group({ appId, uid }: ConnectedDevice, gid: number, action: GroupAction): GroupState {
    return enterGroup(this.#groups, { appId, uid, gid }, uid === 0 ? 'readInfo' : action);
  }

  /** The group in which somebody may send now. */
  speak(sender: ConnectedDevice, gid: number): GroupState {
    const group = this.group(sender, gid, 'sendMessage');
    if (sender.uid === 0) return group;
    const silenced = silencedBy(roleIn(group, sender.uid), bansOf(group, sender.uid), this.#clock());
    if (silenced) throw new ServerError('groupBanned', silenced);
    return group;
  }

  /** Whether there is such a group, dissolved or not, in the app. */
  isGroup(appId: string, gid: number): boolean {
    return this.#groups.get(gid)?.appId === appId;
  }

  isMember(appId: string, gid: number, uid: number): boolean {
    const group = this.#groups.get(gid);
    return group?.appId === appId && group.members.has(uid);
  }

  /** Strangers may not talk in this app. */
  friendsOnly(appId: string): boolean {
    return !this.#roster.strangersAllowed(appId);
  }

  #judge(sender: ConnectedDevice, role: PairRole, action: PairAction): PairRole {
    if (canInPair(role, action, this.#roster.strangersAllowed(sender.appId))) return role;
    throw new ServerError(role === 'blocked' ? 'blockedByRecipient' : 'strangersNotAllowed');
  }
}
