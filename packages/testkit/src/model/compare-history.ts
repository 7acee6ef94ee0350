import { limits } from '@flooim/protocol';
import { userNames } from '../users.ts';
import type { Device } from './device.ts';
import { differ } from './differ.ts';
import type { Model } from './model.ts';
import { isIn, isPlaceOf, placeNames, placeOf } from './place.ts';
import type { World } from './world.ts';

/** What the server tells of the past, as one device of each user is told it. It comes last: the devices keep what they are told. */
export async function compareHistory(model: Model, world: World): Promise<string[]> {
  const devices = userNames.map((user) => world.anyOf(user));
  return (await Promise.all(devices.map((device) => compareOne(model, world, device)))).flat();
}

async function compareOne(model: Model, world: World, device: Device): Promise<string[]> {
  const { user, name } = device;
  const found: string[] = [];
  for (const where of placeNames.filter((place) => isPlaceOf(model, user, place) && isIn(model, user, place))) {
    const { id, chat, group } = placeOf(model, world, user, where);
    if (chat.hiddenOn(user, name) > chat.reader(user).hidden) continue;
    const { messages } = await device.im.sysManage.requireHistoryMessage(id, 0, limits.historyPage);
    const told = messages.map((meta) => `${meta.id} ${meta.content}`);
    const wanted = chat.history(user, group?.historyVisible === true).map((one) => `${one.mid} ${one.content}`);
    found.push(...differ(`${name}: history of ${where}`, told, wanted.slice(-limits.historyPage)));
  }
  return found;
}
