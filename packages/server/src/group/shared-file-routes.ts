import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { inGroup } from './group-access.ts';

type Served = 'groupFiles' | 'groupFile' | 'groupFileShare' | 'groupFileRename' | 'groupFileDelete';

export function sharedFileRoutes({ sharedFiles }: Pick<Context, 'sharedFiles'>): Pick<Handlers, Served> {
  return {
    groupFiles: async ({ group_id }, caller) => sharedFiles.all(inGroup(caller, group_id)),
    groupFile: async ({ group_id, file_id }, caller) => sharedFiles.one(inGroup(caller, group_id), file_id),

    groupFileShare: async ({ group_id, name, size, url, type = '' }, caller) =>
      sharedFiles.share(inGroup(caller, group_id), { name, size, url, type }),

    async groupFileRename({ group_id, file_id, name }, caller) {
      await sharedFiles.rename(inGroup(caller, group_id), file_id, name);
      return true;
    },

    groupFileDelete: async ({ group_id, file_list }, caller) =>
      sharedFiles.delete(inGroup(caller, group_id), file_list),
  };
}
