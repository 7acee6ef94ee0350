import { limits } from '../limits.ts';
import type { RosterApplication, RosterItem } from '../types.ts';
import { endpoint, GET, POST, REMOVE, UPDATE } from './endpoint.ts';
import { count, flag, id, ids, must, peer, text, username } from './schemas.ts';

/** Friends, applications and blocks. */
export const roster = {
  rosterList: endpoint<number[]>()(GET, '/roster/list', 'query', 'user', { cursor: text(64), limit: count }),
  rosterDetails: endpoint<RosterItem[]>()(POST, '/roster/list', 'body', 'user', { list: must(ids) }),
  rosterById: endpoint<RosterItem>()(GET, '/roster/id', 'query', 'user', peer),
  rosterByName: endpoint<RosterItem>()(GET, '/roster/name', 'query', 'user', { username }),
  rosterApply: endpoint<boolean>()(POST, '/roster/apply', 'body', 'user', {
    ...peer,
    alias: text(limits.nicknameChars),
    reason: text(limits.reasonChars),
    auth_answer: text(limits.questionChars),
  }),
  rosterApplyList: endpoint<RosterApplication[]>()(GET, '/roster/apply/list', 'query', 'user', {
    cursor: text(64),
    limit: count,
  }),
  rosterAccept: endpoint<boolean>()(UPDATE, '/roster/accept', 'query', 'user', peer),
  rosterDecline: endpoint<boolean>()(UPDATE, '/roster/decline', 'body', 'user', {
    ...peer,
    reason: text(limits.reasonChars),
  }),
  rosterDelete: endpoint<boolean>()(REMOVE, '/roster/delete', 'query', 'user', peer),
  rosterExt: endpoint<boolean>()(UPDATE, '/roster/ext', 'body', 'user', {
    ...peer,
    alias: text(limits.nicknameChars),
    ext: text(limits.infoChars),
    mute_notification: flag,
  }),
  rosterBlock: endpoint<boolean>()(UPDATE, '/roster/block', 'query', 'user', peer),
  rosterUnblock: endpoint<boolean>()(REMOVE, '/roster/unblock', 'query', 'user', peer),
  rosterBlockedList: endpoint<number[]>()(GET, '/roster/blocked_list', 'query', 'user', {}),
  rosterMayMessage: endpoint<boolean>()(GET, '/roster/may_message', 'query', 'user', {
    ...peer,
    roster_id: must(id),
  }),
} as const;
