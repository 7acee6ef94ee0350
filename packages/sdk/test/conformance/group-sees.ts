import type { GroupNoticeName } from 'flooim';
import type { Person, Stage } from './stage.ts';
import { anything, type Sees } from './step.ts';

/** A notice of the group, as all of its members or those whom it concerns hear it. */
export interface GroupNotice {
  type: GroupNoticeName;
  by: Person;
  to?: readonly Person[];
  content?: string;
}

/** What everybody sees who hears this notice, with the documented events that belong to it. */
export function hears({ gid }: Stage, { type, by, to = [], content }: GroupNotice, ...events: GroupEvent[]): Sees {
  const meta = {
    type,
    groupId: gid,
    from: String(by.uid),
    to: String(gid),
    toUids: to.map(({ uid }) => uid),
    toType: 'group',
    ...(content !== undefined && { content }),
  } as const;
  return { onGroupNotice: meta, ...Object.fromEntries(events.map((event) => [event, meta])) };
}

type GroupEvent =
  | 'onGroupCreated'
  | 'onGroupDestoryed'
  | 'onGroupJoined'
  | 'onGroupApplyAccepted'
  | 'onGroupApplyDeclined'
  | 'onGroupBaned'
  | 'onGroupUnbaned';

/** The groups that the user is in, or what one of them is like. */
export const list: Sees = { onGroupListUpdate: undefined };

export const members = ({ gid }: Stage): Sees => ({ onGroupMemberChanged: gid });

/** Its conversation came, or went, or is of another kind now. */
export const conversations: Sees = { recentlistUpdate: anything };

/** The conversation went, with what was unread in it. */
export const gone = ({ gid }: Stage): Sees => ({ ...list, ...conversations, onUnreadChange: gid });
