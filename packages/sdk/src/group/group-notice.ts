import { type GroupNotice, GroupNoticeType } from '@flooim/protocol';
import type { Entry } from '../sync/apply.ts';
import type { GroupNoticeMeta, GroupNoticeName } from '../types.ts';

const names = Object.keys(GroupNoticeType).map((name) => name.toLowerCase()) as GroupNoticeName[];

/** A notice of a group, and its place. */
export interface ReadNotice {
  type: GroupNoticeName;
  gid: number;
  from: number;
  to: number[];
  content: string;
  mid: number;
  /** Ms since the epoch. */
  time: number;
  /** In the log of the group, not in the user's own. */
  isForAll: boolean;
}

export function readNotice({ meta, cid }: Entry, { type, gid, from, to, content }: GroupNotice): ReadNotice {
  return {
    type: names[type] ?? 'unknown',
    gid: gid?.uid ?? cid,
    from: from?.uid ?? 0,
    to: to.map(({ uid }) => uid),
    content,
    mid: meta.id,
    time: meta.timestamp,
    isForAll: cid !== 0,
  };
}

/** As applications see it. */
export function toMeta(notice: ReadNotice, all: boolean): GroupNoticeMeta {
  const { type, gid, from, to, content, mid, time } = notice;
  return {
    id: String(mid),
    from: String(from),
    to: String(gid),
    content,
    type,
    timestamp: String(time),
    ext: '',
    config: '',
    attach: '',
    status: 0,
    toType: 'group',
    groupId: gid,
    toUids: to,
    ...(all && { all }),
  };
}

/** What a notice carries as JSON; nothing where it carries none. */
export function readObject<T>(content: string): Partial<T> {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
