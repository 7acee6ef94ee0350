import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { inGroup } from './group-access.ts';

type Served =
  | 'groupAnnouncements'
  | 'groupAnnouncement'
  | 'groupAnnouncementLast'
  | 'groupAnnounce'
  | 'groupAnnouncementDelete';

export function announcementRoutes({ announcements }: Pick<Context, 'announcements'>): Pick<Handlers, Served> {
  return {
    groupAnnouncements: async ({ group_id }, caller) => announcements.all(inGroup(caller, group_id)),
    groupAnnouncementLast: async ({ group_id }, caller) => announcements.last(inGroup(caller, group_id)),

    groupAnnouncement: async ({ group_id, announcement_id }, caller) =>
      announcements.one(inGroup(caller, group_id), announcement_id),

    groupAnnounce: async ({ group_id, title, content }, caller) =>
      announcements.announce(inGroup(caller, group_id), title, content),

    async groupAnnouncementDelete({ group_id, announcement_id }, caller) {
      await announcements.delete(inGroup(caller, group_id), announcement_id);
      return true;
    },
  };
}
