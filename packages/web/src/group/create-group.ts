import type { GroupInfoRequest } from 'flooim';
import { errorText, reasonText } from '../app/error-text.ts';
import { im } from '../im.ts';
import { beginning } from '../message/beginning.ts';

interface NewGroup extends GroupInfoRequest {
  approval: number;
  picture: File | null;
}

/** What the server gives a group that says nothing else. */
const defaultApproval = 1;

async function savePicture(gid: number, file: File): Promise<void> {
  const { url } = await im.sysManage.asyncFileUpload({ file, name: file.name, toType: 'groupAvatar', group_id: gid });
  await im.groupManage.asyncUpdateAvatar({ group_id: gid, value: url });
}

/** What a group was made without: people by id, and the rest, with why. */
interface CreatedGroup {
  gid: number;
  absent: { uid: number; reason: string }[];
  /** Null: nothing else. */
  refused: unknown;
}

/** Brings them in, and tells who could not be, one by one. */
async function bring(gid: number, user_list: number[]): Promise<CreatedGroup['absent']> {
  if (user_list.length === 0) return [];
  try {
    const results = await im.groupManage.asyncInvite({ group_id: gid, user_list });
    return results.flatMap(({ user_id: uid, result, reason = '' }) =>
      result === 'fail' ? [{ uid, reason: reasonText(reason, 'unknown') }] : [],
    );
  } catch (error) {
    return user_list.map((uid) => ({ uid, reason: errorText(error) }));
  }
}

/** Rejects only where there is no group: what fails after that is told. */
export async function createGroup({ approval, picture, user_list = [], ...group }: NewGroup): Promise<CreatedGroup> {
  const { group_id: gid } = await im.groupManage.asyncCreate({ ...group, user_list: [] });
  // Being made with people, a group does not tell who of them it came without; inviting does.
  const bringing = bring(gid, user_list);
  const wishes: Promise<unknown>[] = [];
  if (approval !== defaultApproval)
    wishes.push(im.groupManage.asyncUpdateRequireadminapproval({ group_id: gid, apply_approval: approval }));
  if (picture) wishes.push(savePicture(gid, picture));
  const failed = (await Promise.allSettled(wishes)).find((one) => one.status === 'rejected');
  return { gid, absent: await bringing, refused: failed?.reason ?? null };
}

/** A name made of those who are in it, as many as have room. */
export function nameOfMembers(names: readonly string[], most: number): string {
  let name = '';
  for (const one of names) {
    const longer = name ? `${name}, ${one}` : one;
    if (longer.length > most) break;
    name = longer;
  }
  return name || beginning(names[0] ?? '', most);
}
