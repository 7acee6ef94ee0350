import { type ErrorName, errors } from '@flooim/protocol';
import { type UserName, userNames } from '../users.ts';
import type { Chat } from './chat.ts';
import type { Group } from './group.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** Where something is said: with a user, or in a group, by the name that commands have for it. */
export type PlaceName = UserName | `group${number}`;

export const groupNames = ['group0', 'group1'] as const;
export const placeNames: PlaceName[] = [...userNames, ...groupNames];

/** A conversation as one user knows it. */
export interface Place {
  name: PlaceName;
  /** The other user's id, or the group's. */
  id: number;
  chat: Chat;
  /** Undefined: it is with a user. */
  group: Group | undefined;
}

export function placeOf(model: Model, world: World, user: UserName, name: PlaceName): Place {
  if (!isUser(name)) return { name, id: model.group(name).gid, chat: model.group(name).chat, group: model.group(name) };
  return { name, id: world.uids[name], chat: model.chat(user, name), group: undefined };
}

/** Whether the user could say something there, allowed or not. */
export function isPlaceOf(model: Model, user: UserName, name: PlaceName): boolean {
  return isUser(name) ? name !== user : model.groups.has(name);
}

/** Whether he is in the group, or it is no group. */
export function isIn(model: Model, user: UserName, name: PlaceName): boolean {
  return isUser(name) || model.group(name).members.has(user);
}

export function isUser(name: PlaceName): name is UserName {
  return (userNames as readonly string[]).includes(name);
}

/** What a device is told that says something there: the category and the beginning of the words. */
export function refusalToSpeak(model: Model, user: UserName, name: PlaceName): string | undefined {
  const reason = isUser(name) ? pairRefusal(model, user, name) : model.group(name).refusalToSpeak(user);
  if (!reason) return undefined;
  return `${reason === 'groupBanned' ? 'USER_BANNED' : 'MESSAGE'} ${errors[reason].text}`;
}

/** Whoever was blocked, and whoever blocked, is told in other words. */
function pairRefusal(model: Model, from: UserName, to: UserName): ErrorName | undefined {
  if (model.blocks(from, to)) return 'strangersNotAllowed';
  return model.blocks(to, from) ? 'blockedByRecipient' : undefined;
}
