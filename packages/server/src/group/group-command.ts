import {
  canInGroup,
  type ErrorName,
  encodeGroupNotice,
  type GroupAction,
  type GroupNoticeType,
  type GroupRole,
  type GroupRules,
  Namespace,
} from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import { type Appended, appendEntry, EntryKind, type NewEntry } from '../store/entry.ts';
import { GroupStatus, GroupType, groupRoles } from './group-state.ts';

/** Who acts in which group; what all of the group's commands take. */
export interface GroupAct {
  appId: string;
  uid: number;
  gid: number;
  /** Milliseconds since the epoch. */
  time: number;
}

/** What is told of, and when. */
type Telling = Pick<GroupAct, 'gid' | 'time'>;

export interface Refused {
  refused: ErrorName;
}

/** What a command wrote into logs, and who besides the members as they are now hears what is in the group's. */
export interface GroupDone {
  appended: Appended[];
  /** Those whose membership ended by it. */
  alsoTo?: number[];
}

/** A group inside a transaction, and the one who acts in it. */
export interface OpenGroup {
  row: Row;
  rules: GroupRules;
  role: GroupRole;
}

/** The group, if the one who acts may do this in it now: asked inside the transaction that does it. */
export function openGroup(db: Database, act: GroupAct, action: GroupAction): OpenGroup | Refused {
  const row = db.get('SELECT * FROM group_info WHERE gid = ? AND app_id = ?', act.gid, act.appId);
  if (!row || row['status'] !== GroupStatus.normal) return { refused: 'groupNotFound' };
  const rules = {
    memberInvite: row['member_invite'] === 1,
    memberModify: row['member_modify'] === 1,
    isChatroom: row['type'] === GroupType.chatroom,
  };
  const role = roleOf(db, act.gid, act.uid);
  const refused = groupRefusal(role, action, rules);
  return refused ? { refused } : { row, rules, role };
}

export function roleOf(db: Database, gid: number, uid: number): GroupRole {
  return rowRole(db.get('SELECT role FROM group_member WHERE gid = ? AND uid = ?', gid, uid));
}

/** From a row of `group_member`, or one joined with it. */
export function rowRole(row: Row | undefined): GroupRole {
  const role = row?.['role'] ?? undefined;
  return role === undefined ? 'outsider' : (groupRoles[Number(role)] ?? 'member');
}

/** Why somebody in this role may not do it; undefined when he may. */
export function groupRefusal(role: GroupRole, action: GroupAction, rules: GroupRules): ErrorName | undefined {
  if (canInGroup(role, action, rules)) return undefined;
  if (action === 'apply') return 'alreadyGroupMember';
  if (role === 'outsider') return 'memberRequired';
  if (action === 'leave') return 'ownerCannotLeave';
  return canInGroup('admin', action, rules) ? 'adminRequired' : 'ownerRequired';
}

export interface Notice {
  type: GroupNoticeType;
  from: number;
  to?: readonly number[];
  content?: string;
}

/** A notice for all members, into the group's log. */
export function tellGroup(db: Database, { gid, time }: Telling, notice: Notice): Appended {
  return append(db, noticeEntry(gid, gid, notice, time));
}

/** A notice for one user, into his system log. */
export function tellUser(db: Database, uid: number, { gid, time }: Telling, notice: Notice): Appended {
  return append(db, noticeEntry(uid, gid, notice, time));
}

function append(db: Database, entry: NewEntry): Appended {
  return { entry, placed: appendEntry(db, entry) };
}

/** `logId` is the group or the user whose log it goes into. */
function noticeEntry(logId: number, gid: number, notice: Notice, time: number): NewEntry {
  const { type, from, to = [], content = '' } = notice;
  const xids = to.map((uid) => ({ uid, deviceSN: 0 }));
  const payload = encodeGroupNotice({
    type,
    gid: { uid: gid, deviceSN: 0 },
    from: { uid: from, deviceSN: 0 },
    to: xids,
    content,
  });
  return {
    logId,
    kind: EntryKind.notice,
    fromUid: from,
    fromDevice: 0,
    toUid: logId,
    clientMid: null,
    ns: Namespace.GROUP_NOTICE,
    time,
    // Its own memory: it leaves the writer's thread.
    payload: new Uint8Array(payload),
  };
}
