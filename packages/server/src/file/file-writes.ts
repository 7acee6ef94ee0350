import { limits } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { addClaim, addUsage, dropExpired } from './file-refs.ts';
import { fileOf, mayReadFile } from './file-rights.ts';

/** A file whose bytes are in the blob store. */
export interface NewFile {
  object: string;
  appId: string;
  owner: number;
  isAvatar: boolean;
  name: string;
  type: string;
  size: number;
  sha256: Uint8Array;
  picture: number;
  width: number;
  height: number;
  duration: number;
  placeholder: string;
  /** The conversation, user or group for which it was uploaded. */
  target: number;
  /** What the uploader may have stored, in bytes. */
  quota: number;
  /** Milliseconds since the epoch. */
  time: number;
}

/** What the blob store may hold for no file. */
export interface StrayObject {
  object: string;
  /** Since when, in milliseconds since the epoch; 0: what was a file. */
  since: number;
}

type Stored = { id: number } | { refused: 'uploadConflict' } | { refused: 'fileQuotaExceeded'; detail: string };

export const fileWrites = {
  /** Before an object is put: if the server ends before the file is stored, it is found and removed. */
  'file.expect'(db: Database, { object, time }: { object: string; time: number }): void {
    db.run('INSERT OR REPLACE INTO stray_object (object, since) VALUES (?, ?)', object, time);
  },

  /** Once the object is put. The uploader may use the file until his claim expires. The same again is the same file. */
  'file.store'(db: Database, file: NewFile): Stored {
    const before = db.get('SELECT id, owner, sha256 FROM file WHERE object = ?', file.object);
    if (before) return isSame(before, file) ? { id: Number(before['id']) } : { refused: 'uploadConflict' };
    const full = whyFull(db, file, { ofUser: file.size, ofApp: file.size });
    if (full) return { refused: 'fileQuotaExceeded', detail: full };
    const row = db.get(
      `INSERT INTO file (object, app_id, owner, is_avatar, name, type, size, sha256, picture, width, height, duration,
         placeholder, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      file.object,
      file.appId,
      file.owner,
      file.isAvatar ? 1 : 0,
      file.name,
      file.type,
      file.size,
      file.sha256,
      file.picture,
      file.width,
      file.height,
      file.duration,
      file.placeholder,
      file.time,
    ) as Row;
    const id = Number(row['id']);
    const expiresAt = file.time + limits.unusedFileTtlMs;
    addClaim(db, id, { uid: file.owner, target: file.target, expiresAt });
    addUsage(db, file.appId, file.owner, file.size);
    db.run('DELETE FROM stray_object WHERE object = ?', file.object);
    return { id };
  },

  /** Keeps a file for who is about to send it to another conversation. */
  'file.claim'(
    db: Database,
    a: { appId: string; object: string; uid: number; target: number; time: number },
  ): { refused: 'fileNotFound' | 'fileForbidden' } | undefined {
    const file = fileOf(db, a.appId, a.object);
    if (!file) return { refused: 'fileNotFound' };
    if (!mayReadFile(db, file, a.uid)) return { refused: 'fileForbidden' };
    const expiresAt = a.time + limits.unusedFileTtlMs;
    addClaim(db, Number(file['id']), { uid: a.uid, target: a.target, expiresAt });
    return undefined;
  },

  /** Once a small picture of a file is put, which was expected before: it goes with the file, at once if that is gone. */
  'file.addPicture'(db: Database, { object, picture }: { object: string; picture: string }): void {
    const isThere = db.get('SELECT 1 FROM file WHERE object = ?', object) !== undefined;
    const sql = isThere ? 'DELETE FROM stray_object' : 'UPDATE stray_object SET since = 0';
    db.run(`${sql} WHERE object = ?`, picture);
  },

  /** Ends what has expired or is left of those who are no more, at most so much; how much it was. */
  'file.expire'(db: Database, { time, most }: { time: number; most: number }): number {
    return dropExpired(db, time, most);
  },

  /** An object that is removed from the blob store, unless it was expected anew meanwhile. */
  'file.forget'(db: Database, { object, since }: StrayObject): void {
    db.run('DELETE FROM stray_object WHERE object = ? AND since = ?', object, since);
  },
} satisfies CommandTable;

function isSame(before: Row, { owner, sha256 }: NewFile): boolean {
  return before['owner'] === owner && Buffer.compare(before['sha256'] as Uint8Array, sha256) === 0;
}

/** Why there is no room for more bytes of a user and his app; undefined where there is. */
export function whyFull(
  db: Database,
  { appId, owner, quota }: Pick<NewFile, 'appId' | 'owner' | 'quota'>,
  more: { ofUser: number; ofApp: number },
): string | undefined {
  if (usage(db, appId, owner) + more.ofUser > quota) return `a user may store ${quota} bytes`;
  const limit = Number(db.get('SELECT file_bytes_limit FROM app WHERE app_id = ?', appId)?.['file_bytes_limit']);
  return limit > 0 && usage(db, appId, 0) + more.ofApp > limit ? `the app may store ${limit} bytes` : undefined;
}

/** Bytes; uid 0: of the whole app. */
export function usage(db: Database, appId: string, uid: number): number {
  return Number(db.get('SELECT bytes FROM file_usage WHERE app_id = ? AND uid = ?', appId, uid)?.['bytes'] ?? 0);
}
