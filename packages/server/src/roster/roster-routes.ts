import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Caller, Handlers } from '../http/caller.ts';
import { Listed } from '../http/envelope.ts';
import { readMobile } from '../mobile/mobile-number.ts';
import type { Pair, Position } from './roster-service.ts';

type Served =
  | 'rosterList'
  | 'rosterDetails'
  | 'rosterById'
  | 'rosterByName'
  | 'rosterByMobile'
  | 'rosterApply'
  | 'rosterApplyList'
  | 'rosterAccept'
  | 'rosterDecline'
  | 'rosterDelete'
  | 'rosterExt'
  | 'rosterBlock'
  | 'rosterUnblock'
  | 'rosterBlockedList'
  | 'rosterMayMessage';

export function rosterRoutes({ roster, clock }: Pick<Context, 'roster' | 'clock'>): Pick<Handlers, Served> {
  return {
    async rosterList({ cursor, limit }, { uid }) {
      const { items, next } = await roster.friends(uid, readId(cursor), limit || undefined);
      return new Listed(items, { cursor: next, version: clock() });
    },

    rosterDetails: async ({ list }, { appId, uid }) => roster.items(appId, uid, list),
    rosterById: async ({ user_id }, caller) => roster.itemById(pairOf(caller, user_id)),
    rosterByName: async ({ username }, { appId, uid }) => roster.itemByName(appId, uid, username),
    rosterByMobile: async ({ mobile }, { appId, uid }) => roster.itemByMobile(appId, uid, readMobile(mobile)),

    async rosterApply({ user_id, ...text }, caller) {
      await roster.apply(pairOf(caller, user_id), text);
      return true;
    },

    async rosterApplyList({ cursor, limit }, { uid }) {
      const { items, next } = await roster.applications(uid, readPosition(cursor), limit || undefined);
      return new Listed(items, { cursor: next, version: clock() });
    },

    async rosterAccept({ user_id }, caller) {
      await roster.accept(pairOf(caller, user_id));
      return true;
    },

    async rosterDecline({ user_id, reason }, caller) {
      await roster.decline(pairOf(caller, user_id), reason);
      return true;
    },

    async rosterDelete({ user_id }, caller) {
      await roster.remove(pairOf(caller, user_id));
      return true;
    },

    async rosterExt({ user_id, alias, ext, mute_notification }, caller) {
      await roster.note(pairOf(caller, user_id), { alias, ext, mute: mute_notification });
      return true;
    },

    async rosterBlock({ user_id }, caller) {
      await roster.block(pairOf(caller, user_id));
      return true;
    },

    async rosterUnblock({ user_id }, caller) {
      await roster.unblock(pairOf(caller, user_id));
      return true;
    },

    rosterBlockedList: async (_request, { uid }) => roster.blocked(uid),

    async rosterMayMessage({ user_id, roster_id }, caller) {
      if (user_id !== caller.uid) throw new ServerError('noPermission', 'user_id is not your own');
      return roster.mayMessage(pairOf(caller, roster_id));
    },
  };
}

function pairOf({ appId, uid }: Caller, peer: number): Pair {
  return { appId, uid, peer };
}

/** Cursors are what a page before gave; an empty one starts at the beginning. */
function readId(cursor = ''): number | undefined {
  if (cursor === '') return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw new ServerError('invalidParameter', 'cursor is not one of this list');
  return Number(cursor);
}

function readPosition(cursor = ''): Position | undefined {
  if (cursor === '') return undefined;
  const [, time, id] = /^(\d{1,15})\.(\d{1,16})$/.exec(cursor) ?? [];
  if (!time || !id) throw new ServerError('invalidParameter', 'cursor is not one of this list');
  return { time: Number(time), id: Number(id) };
}
