import { type GroupAnnouncement, limits, GroupNoticeType as Type } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { type GroupAct, type GroupDone, openGroup, type Refused, tellGroup } from './group-command.ts';

interface AnnounceDone extends GroupDone {
  announcement: GroupAnnouncement;
}

export const announcementWrites = {
  'group.announce'(db: Database, a: GroupAct & { title: string; content: string }): Refused | AnnounceDone {
    const group = openGroup(db, a, 'announce');
    if ('refused' in group) return group;
    const before = db.get('SELECT count(*) AS n FROM group_announcement WHERE gid = ?', a.gid);
    if (Number(before?.['n']) >= limits.groupListItems) return { refused: 'groupListFull' };
    const row = db.get(
      `INSERT INTO group_announcement (gid, author, title, content, created_at) VALUES (?, ?, ?, ?, ?) RETURNING *`,
      a.gid,
      a.uid,
      a.title,
      a.content,
      a.time,
    ) as Row;
    const announcement = toAnnouncement(row);
    return { announcement, appended: [tell(db, a, announcement)] };
  },

  'group.deleteAnnouncement'(db: Database, a: GroupAct & { id: number }): Refused | GroupDone {
    const group = openGroup(db, a, 'deleteAnnouncement');
    if ('refused' in group) return group;
    const deleted = db.run('DELETE FROM group_announcement WHERE gid = ? AND id = ?', a.gid, a.id);
    return deleted === 0 ? { refused: 'announcementNotFound' } : { appended: [tell(db, a, { id: a.id })] };
  },
} satisfies CommandTable;

function tell(db: Database, a: GroupAct, announcement: Partial<GroupAnnouncement>) {
  return tellGroup(db, a, {
    type: Type.ANNOUNCEMENT_UPDATED,
    from: a.uid,
    content: JSON.stringify(announcement),
  });
}

export function toAnnouncement(row: Row): GroupAnnouncement {
  return {
    id: Number(row['id']),
    group_id: Number(row['gid']),
    author: Number(row['author']),
    title: String(row['title']),
    content: String(row['content']),
    created_at: Number(row['created_at']),
  };
}
