import { type GroupUserRelationResponse, GroupNoticeType as Type } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { type GroupDone, type Notice, openGroup, type Refused, tellGroup } from './group-command.ts';
import { idsOf, refuse, resultsOf, type TargetsAct, targetsOf } from './targets.ts';
import { rankFailure } from './user-results.ts';

interface BanDone extends GroupDone {
  results: GroupUserRelationResponse[];
}

export const banWrites = {
  /** `until`: ms since the epoch, -1 for ever. `minutes`: as the members are told how long it is. */
  'group.ban'(db: Database, a: TargetsAct & { until: number; minutes: number }): Refused | BanDone {
    return setBans(db, a, a.until, { type: Type.BANNED, from: a.uid, content: String(a.minutes) });
  },

  'group.unban'(db: Database, a: TargetsAct): Refused | BanDone {
    return setBans(db, a, 0, { type: Type.UNBANNED, from: a.uid });
  },
} satisfies CommandTable;

/** The notice names those for whom it is not so already; a ban that is over is none. */
function setBans(db: Database, a: TargetsAct, until: number, notice: Notice): Refused | BanDone {
  const group = openGroup(db, a, 'manageMembers');
  if ('refused' in group) return group;
  const targets = targetsOf(db, a);
  const allowed = refuse(targets, ({ role }) => rankFailure(group.role, role));
  const changed = db.all(
    `UPDATE group_member SET ban_until = ?1 WHERE gid = ?2 AND uid IN (SELECT value FROM json_each(?3))
       AND iif(ban_until = -1 OR ban_until > ?4, ban_until, 0) <> ?1 RETURNING uid`,
    until,
    a.gid,
    JSON.stringify(idsOf(allowed)),
    a.time,
  );
  const to = changed.map((row) => Number(row['uid']));
  return { results: resultsOf(targets), appended: to.length > 0 ? [tellGroup(db, a, { ...notice, to })] : [] };
}
