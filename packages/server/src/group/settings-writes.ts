import { type GroupAction, GroupNoticeType as Type } from '@flooim/protocol';
import { keepAvatar } from '../file/file-refs.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import {
  type GroupAct,
  type GroupDone,
  type Notice,
  openGroup,
  type Refused,
  tellGroup,
  tellUser,
} from './group-command.ts';
import { MuteMode } from './group-state.ts';
import { beginSilence, endSilence } from './silence.ts';

/** What of a group can be changed, under the names that clients know, and what somebody must be allowed to do for it. */
const properties = {
  name: 'modifyInfo',
  description: 'modifyInfo',
  avatar: 'modifyInfo',
  ext: 'modifyInfo',
  member_invite: 'changeSettings',
  member_modify: 'changeSettings',
  read_ack: 'changeSettings',
  history_visible: 'changeSettings',
  hide_member_info: 'changeSettings',
  apply_approval: 'changeSettings',
  ban_expire_time: 'manageMembers',
} as const satisfies Record<string, GroupAction>;

export interface PropertyChange {
  property: keyof typeof properties;
  value: string | number | boolean;
}

export const settingsWrites = {
  'group.change'(db: Database, a: GroupAct & PropertyChange): Refused | GroupDone {
    const group = openGroup(db, a, properties[a.property]);
    if ('refused' in group) return group;
    const column = a.property === 'ban_expire_time' ? 'ban_until' : a.property;
    const value = typeof a.value === 'boolean' ? Number(a.value) : a.value;
    if (group.row[column] === value) return { appended: [] };
    db.run(`UPDATE group_info SET ${column} = ?, updated_at = ? WHERE gid = ?`, value, a.time, a.gid);
    if (a.property === 'avatar') keepAvatar(db, { ...a, holder: a.gid, link: String(a.value) });
    return { appended: [tellGroup(db, a, changed(Type.INFO_UPDATED, a.uid, a.property, a.value))] };
  },

  /** What a member is called in this group. */
  'group.setCard'(db: Database, a: GroupAct & { name: string }): Refused | GroupDone {
    const own = ownSettings(db, a);
    if ('refused' in own) return own;
    if (own.card === a.name) return { appended: [] };
    setOwn(db, a, 'display_name', a.name);
    return { appended: [tellGroup(db, a, changed(Type.INFO_UPDATED, a.uid, 'display_name', a.name))] };
  },

  'group.setMuteMode'(db: Database, a: GroupAct & { mode: number }): Refused | GroupDone {
    const own = ownSettings(db, a);
    if ('refused' in own) return own;
    if (own.muteMode === a.mode) return { appended: [] };
    setOwn(db, a, 'mute_mode', a.mode);
    if (a.mode === MuteMode.messages) beginSilence(db, a.gid, a.uid);
    if (own.muteMode === MuteMode.messages) endSilence(db, a.gid, a.uid);
    const muted = { type: a.mode === MuteMode.none ? Type.UNMUTED : Type.MUTED, from: a.uid };
    const setting = changed(Type.MESSAGE_SETTING, a.uid, 'msg_mute_mode', a.mode);
    return { appended: [muted, setting].map((notice) => tellUser(db, a.uid, a, notice)) };
  },

  'group.setPushMode'(db: Database, a: GroupAct & { mode: number }): Refused | GroupDone {
    const own = ownSettings(db, a);
    if ('refused' in own) return own;
    if (own.pushMode === a.mode) return { appended: [] };
    setOwn(db, a, 'push_mode', a.mode);
    return { appended: [tellUser(db, a.uid, a, changed(Type.MESSAGE_SETTING, a.uid, 'msg_push_mode', a.mode))] };
  },
} satisfies CommandTable;

/** What the one who acts has set in the group, if he is in it. */
function ownSettings(db: Database, a: GroupAct): Refused | { card: string; muteMode: number; pushMode: number } {
  const group = openGroup(db, a, 'setOwnCard');
  if ('refused' in group) return group;
  const sql = 'SELECT display_name, mute_mode, push_mode FROM group_member WHERE gid = ? AND uid = ?';
  const row = db.get(sql, a.gid, a.uid);
  return {
    card: String(row?.['display_name']),
    muteMode: Number(row?.['mute_mode']),
    pushMode: Number(row?.['push_mode']),
  };
}

function setOwn(
  db: Database,
  { gid, uid }: GroupAct,
  column: 'display_name' | 'mute_mode' | 'push_mode',
  value: string | number,
): void {
  db.run(`UPDATE group_member SET ${column} = ? WHERE gid = ? AND uid = ?`, value, gid, uid);
}

function changed(type: Notice['type'], from: number, property: string, value: string | number | boolean): Notice {
  return { type, from, content: JSON.stringify({ property, [property]: value }) };
}
