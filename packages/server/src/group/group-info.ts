import type { GroupInfoAndSettings, GroupListDetail } from '@flooim/protocol';
import type { Row } from '../store/database.ts';

/** A row of `group_info` as its users see it. `own`: the asker's row of `group_member`, if he is in it. */
export function toGroupInfo(row: Row, own?: Row): GroupInfoAndSettings {
  return {
    group_id: Number(row['gid']),
    name: given(row['name']),
    avatar: given(row['avatar']),
    description: given(row['description']),
    ext: given(row['ext']),
    owner_id: Number(row['owner']),
    ban_expire_time: Number(row['ban_until']),
    history_visible: row['history_visible'] === 1,
    member_invite: row['member_invite'] === 1,
    member_modify: row['member_modify'] === 1,
    read_ack: row['read_ack'] === 1,
    hide_member_info: row['hide_member_info'] === 1,
    created_at: Number(row['created_at']),
    updated_at: Number(row['updated_at']),
    type: Number(row['type']),
    status: Number(row['status']),
    apply_approval: Number(row['apply_approval']),
    msg_mute_mode: Number(own?.['mute_mode'] ?? 0),
    msg_push_mode: Number(own?.['push_mode'] ?? 0),
    count: Number(row['member_count']),
    capacity: Number(row['capacity']),
  };
}

/** As lists give it. */
export function toListDetail(row: Row, own?: Row): GroupListDetail {
  return { ...toGroupInfo(row, own), owner: Number(row['owner']) };
}

/** An absent text is left out of what a client gets. */
export function given(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
