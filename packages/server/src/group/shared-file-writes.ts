import {
  canInGroup,
  errors,
  type GroupSharedFile,
  type GroupSharedFileResponse,
  limits,
  GroupNoticeType as Type,
} from '@flooim/protocol';
import { dropSharedFile, keepSharedFile } from '../file/file-refs.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import {
  type GroupAct,
  type GroupDone,
  type Notice,
  type OpenGroup,
  openGroup,
  type Refused,
  tellGroup,
} from './group-command.ts';

export interface NewSharedFile {
  name: string;
  /** Bytes. */
  size: number;
  url: string;
  type: string;
}

interface ShareDone extends GroupDone {
  file: GroupSharedFile;
}

interface DeleteDone extends GroupDone {
  results: GroupSharedFileResponse[];
}

export const sharedFileWrites = {
  'group.shareFile'(db: Database, a: GroupAct & NewSharedFile): Refused | ShareDone {
    const group = openGroup(db, a, 'shareFile');
    if ('refused' in group) return group;
    const before = db.get('SELECT count(*) AS n FROM group_file WHERE gid = ?', a.gid);
    if (Number(before?.['n']) >= limits.groupListItems) return { refused: 'groupListFull' };
    const row = db.get(
      `INSERT INTO group_file (gid, uploader, name, type, size, url, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING *`,
      a.gid,
      a.uid,
      a.name,
      a.type,
      a.size,
      a.url,
      a.time,
    ) as Row;
    const file = toSharedFile(row);
    keepSharedFile(db, { ...a, id: file.file_id, link: a.url });
    return { file, appended: [tell(db, a, Type.FILE_UPLOADED, file)] };
  },

  'group.renameFile'(db: Database, a: GroupAct & { id: number; name: string }): Refused | GroupDone {
    const group = openGroup(db, a, 'shareFile');
    if ('refused' in group) return group;
    const before = db.get('SELECT * FROM group_file WHERE gid = ? AND id = ?', a.gid, a.id);
    if (!before) return { refused: 'sharedFileNotFound' };
    if (!mayManage(group, a, before)) return { refused: 'sharedFileForeign' };
    if (before['name'] === a.name) return { appended: [] };
    db.run('UPDATE group_file SET name = ?, updated_at = ? WHERE id = ?', a.name, a.time, a.id);
    const file = { ...toSharedFile(before), name: a.name, updated_at: a.time };
    return { appended: [tell(db, a, Type.FILE_UPDATED, file)] };
  },

  'group.deleteFiles'(db: Database, a: GroupAct & { ids: readonly number[] }): Refused | DeleteDone {
    const group = openGroup(db, a, 'shareFile');
    if ('refused' in group) return group;
    const wanted = JSON.stringify(a.ids);
    const sql = 'SELECT id, uploader FROM group_file WHERE gid = ? AND id IN (SELECT value FROM json_each(?))';
    const files = new Map(db.all(sql, a.gid, wanted).map((row) => [Number(row['id']), row]));
    const results = [...new Set(a.ids)].map((id) => resultOf(id, files.get(id), group, a));
    const deleted = results.filter(({ result }) => result === 'success').map(({ file_id }) => file_id);
    if (deleted.length === 0) return { results, appended: [] };
    db.run('DELETE FROM group_file WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(deleted));
    for (const id of deleted) dropSharedFile(db, id);
    return { results, appended: [tell(db, a, Type.FILE_DELETED, { file_list: deleted })] };
  },
} satisfies CommandTable;

/** Everybody may rename and delete what he shared himself. */
function mayManage({ role, rules }: OpenGroup, { uid }: GroupAct, file: Row): boolean {
  return file['uploader'] === uid || canInGroup(role, 'manageFiles', rules);
}

function resultOf(id: number, file: Row | undefined, group: OpenGroup, a: GroupAct): GroupSharedFileResponse {
  const failed = (reason: string): GroupSharedFileResponse => ({ file_id: id, result: 'fail', reason });
  if (!file) return failed(errors.sharedFileNotFound.text);
  return mayManage(group, a, file) ? { file_id: id, result: 'success' } : failed(errors.sharedFileForeign.text);
}

function tell(db: Database, a: GroupAct, type: Notice['type'], what: object) {
  return tellGroup(db, a, { type, from: a.uid, content: JSON.stringify(what) });
}

export function toSharedFile(row: Row): GroupSharedFile {
  return {
    file_id: Number(row['id']),
    group_id: Number(row['gid']),
    name: String(row['name']),
    size: Number(row['size']),
    type: String(row['type']),
    uploader: Number(row['uploader']),
    url: String(row['url']),
    created_at: Number(row['created_at']),
    updated_at: Number(row['updated_at']),
  };
}
