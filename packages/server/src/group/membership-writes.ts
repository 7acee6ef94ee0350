import { type GroupUserRelationResponse, limits, GroupNoticeType as Type } from '@flooim/protocol';
import { keepAvatar } from '../file/file-refs.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { type Appended, createLog, LogKind, nextId } from '../store/entry.ts';
import { admissionRefusal } from './admission.ts';
import { type GroupAct, type GroupDone, openGroup, type Refused, roleOf, tellGroup } from './group-command.ts';
import { RoleNumber } from './group-state.ts';
import { invite } from './invitation.ts';
import { admit, dissolve, endMemberships, leave, tellAdministrators } from './membership.ts';
import { idsOf, refuse, resultsOf, type Target, type TargetsAct, targetsOf } from './targets.ts';
import { rankFailure } from './user-results.ts';

export interface NewGroup extends Omit<GroupAct, 'gid'> {
  name: string;
  description: string;
  avatar: string;
  type: number;
  /** Members at most. */
  capacity: number;
  /** Whom the owner invites at once. */
  users: readonly number[];
}

/** What came of it for each user of the list. */
interface Answered extends GroupDone {
  results: GroupUserRelationResponse[];
}

type Removal = TargetsAct & { reason: string };

export const membershipWrites = {
  'group.create'(db: Database, a: NewGroup): Refused | (GroupDone & { gid: number }) {
    const refused = admissionRefusal(db, { gid: 0, app_id: a.appId, capacity: a.capacity, member_count: 0 }, a.uid);
    if (refused) return { refused };
    if (ownsTooMany(db, a.uid)) return { refused: 'groupsCreatedLimit' };
    const act = { ...a, gid: nextId(db) };
    const group = insertGroup(db, act);
    createLog(db, act.gid, LogKind.group);
    keepAvatar(db, { ...act, holder: act.gid, link: a.avatar });
    const created = admit(db, act, [{ type: Type.CREATED, from: a.uid }], RoleNumber.owner);
    const invited = invite(db, act, { ...group, member_count: 1 }, { users: a.users, reason: '' });
    return { gid: act.gid, appended: [...created, ...invited.appended] };
  },

  'group.destroy'(db: Database, a: GroupAct): Refused | GroupDone {
    const group = openGroup(db, a, 'destroy');
    return 'refused' in group ? group : dissolve(db, a);
  },

  'group.leave'(db: Database, a: GroupAct): Refused | GroupDone {
    const group = openGroup(db, a, 'leave');
    return 'refused' in group ? group : leave(db, a);
  },

  /** The old owner stays as a member. */
  'group.transfer'(db: Database, a: GroupAct & { newOwner: number }): Refused | GroupDone {
    const group = openGroup(db, a, 'transfer');
    if ('refused' in group) return group;
    if (a.newOwner === a.uid) return { appended: [] };
    if (roleOf(db, a.gid, a.newOwner) === 'outsider') return { refused: 'transferNotAllowed' };
    if (ownsTooMany(db, a.newOwner)) return { refused: 'groupsCreatedLimit' };
    setRole(db, a.gid, [a.uid], RoleNumber.member);
    setRole(db, a.gid, [a.newOwner], RoleNumber.owner);
    db.run('UPDATE group_info SET owner = ?, updated_at = ? WHERE gid = ?', a.newOwner, a.time, a.gid);
    return { appended: [tellGroup(db, a, { type: Type.OWNER_ASSIGNED, from: a.uid, to: [a.newOwner] })] };
  },

  'group.addAdmins'(db: Database, a: TargetsAct): Refused | Answered {
    const group = openGroup(db, a, 'manageAdmins');
    if ('refused' in group) return group;
    const targets = targetsOf(db, a);
    let room = limits.groupAdmins - countAdmins(db, a.gid);
    const granted = refuse(targets, ({ role }) => {
      const failure = rankFailure(group.role, role);
      if (failure || role === 'admin') return failure;
      return room-- > 0 ? undefined : 'groupListFull';
    });
    const changed = idsOf(granted.filter(({ role }) => role !== 'admin'));
    setRole(db, a.gid, changed, RoleNumber.admin);
    return { results: resultsOf(targets), appended: tellAll(db, a, Type.ADMIN_GRANTED, changed) };
  },

  'group.removeAdmins'(db: Database, a: TargetsAct): Refused | Answered {
    const group = openGroup(db, a, 'manageAdmins');
    if ('refused' in group) return group;
    const targets = targetsOf(db, a);
    const revoked = refuse(targets, ({ role }) => rankFailure(group.role, role));
    const changed = idsOf(revoked.filter(({ role }) => role === 'admin'));
    setRole(db, a.gid, changed, RoleNumber.member);
    return { results: resultsOf(targets), appended: tellAll(db, a, Type.ADMIN_REVOKED, changed) };
  },

  'group.kick'(db: Database, a: Removal): Refused | Answered {
    const group = openGroup(db, a, 'manageMembers');
    if ('refused' in group) return group;
    const targets = targetsOf(db, a);
    const kicked = refuse(targets, ({ role }) => rankFailure(group.role, role));
    return { results: resultsOf(targets), ...remove(db, a, Type.KICKED, idsOf(kicked)) };
  },

  /** Members are removed; outsiders are kept from coming, and only owner and administrators hear of it. */
  'group.block'(db: Database, a: Removal): Refused | Answered {
    const group = openGroup(db, a, 'manageMembers');
    if ('refused' in group) return group;
    const targets = targetsOf(db, a);
    let room = limits.rosterSize - countBlocked(db, a.gid);
    const blocked = refuse(targets, ({ role, isBlocked, missing }) => {
      const failure = role === 'outsider' ? missing : rankFailure(group.role, role);
      if (failure || isBlocked) return failure;
      return room-- > 0 ? undefined : 'groupListFull';
    }).filter(({ isBlocked }) => !isBlocked);
    bar(db, a, blocked);
    const isOutside = ({ role }: Target) => role === 'outsider';
    const done = remove(db, a, Type.BLOCKED, idsOf(blocked.filter((target) => !isOutside(target))));
    const told = tellBlocked(db, a, Type.BLOCKED, idsOf(blocked.filter(isOutside)));
    return { results: resultsOf(targets), ...done, appended: [...done.appended, ...told] };
  },

  'group.unblock'(db: Database, a: TargetsAct): Refused | Answered {
    const group = openGroup(db, a, 'manageMembers');
    if ('refused' in group) return group;
    const targets = targetsOf(db, a);
    const known = refuse(targets, ({ isBlocked, missing }) => (isBlocked ? undefined : missing));
    const unblocked = idsOf(known.filter(({ isBlocked }) => isBlocked));
    const sql = 'DELETE FROM group_block WHERE gid = ? AND uid IN (SELECT value FROM json_each(?))';
    db.run(sql, a.gid, JSON.stringify(unblocked));
    return { results: resultsOf(targets), appended: tellBlocked(db, a, Type.UNBLOCKED, unblocked) };
  },
} satisfies CommandTable;

function insertGroup(db: Database, a: NewGroup & GroupAct) {
  const row = { gid: a.gid, app_id: a.appId, capacity: a.capacity };
  db.run(
    `INSERT INTO group_info (gid, app_id, capacity, type, owner, name, description, avatar, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?9, ?9)`,
    row.gid,
    row.app_id,
    row.capacity,
    a.type,
    a.uid,
    a.name,
    a.description,
    a.avatar,
    a.time,
  );
  return row;
}

function ownsTooMany(db: Database, uid: number): boolean {
  const row = db.get('SELECT count(*) AS n FROM group_info WHERE owner = ? AND status = 0', uid);
  return Number(row?.['n']) >= limits.groupsCreated;
}

function countAdmins(db: Database, gid: number): number {
  const sql = `SELECT count(*) AS n FROM group_member WHERE gid = ? AND role = ${RoleNumber.admin}`;
  return Number(db.get(sql, gid)?.['n']);
}

function countBlocked(db: Database, gid: number): number {
  return Number(db.get('SELECT count(*) AS n FROM group_block WHERE gid = ?', gid)?.['n']);
}

function setRole(db: Database, gid: number, uids: readonly number[], role: number): void {
  const sql = 'UPDATE group_member SET role = ? WHERE gid = ? AND uid IN (SELECT value FROM json_each(?))';
  db.run(sql, role, gid, JSON.stringify(uids));
}

/** Members whom somebody else puts out of the group, which is counted. */
function remove(db: Database, a: Removal, type: typeof Type.KICKED | typeof Type.BLOCKED, uids: number[]): GroupDone {
  if (uids.length === 0) return { appended: [] };
  const told = tellGroup(db, a, { type, from: a.uid, to: uids, content: a.reason });
  endMemberships(db, a.gid, uids, told.placed.mid);
  db.run(
    `INSERT INTO group_kick (gid, uid, times) SELECT ?, value, 1 FROM json_each(?) WHERE true
     ON CONFLICT DO UPDATE SET times = times + 1`,
    a.gid,
    JSON.stringify(uids),
  );
  return { appended: [told], alsoTo: uids };
}

function bar(db: Database, { gid, time }: GroupAct, targets: readonly Target[]): void {
  const sql = 'INSERT INTO group_block (gid, uid, created_at) SELECT ?, value, ? FROM json_each(?)';
  db.run(sql, gid, time, JSON.stringify(idsOf(targets)));
}

/** All members hear of it, unless it is about nobody. */
function tellAll(db: Database, a: GroupAct, type: Type, to: readonly number[]): Appended[] {
  return to.length > 0 ? [tellGroup(db, a, { type, from: a.uid, to })] : [];
}

/** Those who can see the list of the blocked hear of it, unless it is about nobody. */
function tellBlocked(db: Database, a: GroupAct, type: Type, to: readonly number[]): Appended[] {
  return to.length > 0 ? tellAdministrators(db, a, { type, from: a.uid, to }) : [];
}
