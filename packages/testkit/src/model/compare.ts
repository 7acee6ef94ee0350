import { callRest } from '../rest.ts';
import { type UserName, userNames } from '../users.ts';
import { compareGroupDetails, compareGroupLists } from './compare-groups.ts';
import { compareRosterItems, compareRosterLists } from './compare-roster.ts';
import type { Device } from './device.ts';
import { differ } from './differ.ts';
import type { DeviceState, Model } from './model.ts';
import { isIn, isPlaceOf, type Place, type PlaceName, placeNames, placeOf } from './place.ts';
import type { World } from './world.ts';

/** A device that came later has the newest entries of a log alone: so many messages are certainly among them. */
const freshDeviceHas = 40;

/** Where the real thing is not what the model says, in words. All must be quiet. Asks no device anything that refreshes it. */
export async function compare(model: Model, world: World): Promise<string[]> {
  const present = [...model.devices.values()].filter((state) => !state.isAway);
  const devices = await Promise.all(present.map((state) => compareDevice(model, world, state)));
  const server = await Promise.all(
    userNames.flatMap((user) => [
      compareRosterLists(model, world, user),
      compareGroupLists(model, world, user),
      compareUnread(model, world, user),
    ]),
  );
  return [...devices, ...server].flat();
}

/** As services ask the server. */
async function compareUnread(model: Model, world: World, user: UserName): Promise<string[]> {
  const rows = await callRest(world.url, 'messageUnread', {}, { token: world.tokenOf(user) });
  const counts = new Map(rows.map((row) => [row.conversation_id.uid, row.num]));
  const places = placeNames.filter((name) => isPlaceOf(model, user, name) && isIn(model, user, name));
  return places.flatMap((name) => {
    const { id, chat } = placeOf(model, world, user, name);
    const count = counts.get(id) ?? 0;
    if (count === chat.unreadAtMost(user)) return [];
    return differ(`${user}: unread of ${name} at the server`, count, chat.unread(user, ''));
  });
}

async function compareDevice(model: Model, world: World, state: DeviceState): Promise<string[]> {
  const device = world.device(state.name);
  const places = placeNames.filter((name) => isPlaceOf(model, state.user, name) && !state.unsure.has(name));
  const listed = new Map(device.im.userManage.getConversationList().map((item) => [item.id, item]));
  return [
    ...device.errors.splice(0).map((error) => `${device.name} was told ${error}`),
    ...places.flatMap((name) => comparePlace(model, world, state, name, listed)),
    ...(await compareRosterItems(model, world, device)),
    ...(await compareGroupDetails(model, world, device)),
  ];
}

type Listed = Map<number, ReturnType<Device['im']['userManage']['getConversationList']>[number]>;

function comparePlace(model: Model, world: World, state: DeviceState, where: PlaceName, listed: Listed): string[] {
  const { user, name } = state;
  const device = world.device(name);
  const place = placeOf(model, world, user, where);
  const { chat } = place;
  const isWhole = !state.isFresh || chat.told.length < freshDeviceHas;
  const shown = device.shown(place);
  const told = shown.map((meta) => `${meta.id} ${world.nameOf(meta.from)}: ${meta.content} (${meta.status})`);
  const wanted = chat.visible(user, name).map((one) => {
    const [least, most] = statusOf(place, state, one.mid);
    const actual = shown.find(({ id }) => id === String(one.mid))?.status ?? 0;
    return `${one.mid} ${one.from}: ${one.content} (${Math.min(Math.max(actual, least), most)})`;
  });
  return [
    ...(isWhole ? differ(`${name}: messages of ${where}`, told, wanted) : []),
    ...differ(`${name}: unread of ${where}`, device.unread(place), chat.unread(user, name)),
    ...compareListing(place, state, listed.get(place.id)),
  ];
}

/** At least and at most. */
function statusOf({ chat, group, name }: Place, { user }: DeviceState, mid: number): readonly [number, number] {
  const told = chat.find(mid);
  const { read, marks } = chat.reader(user);
  if (told?.from !== user) return mid <= read && !marks.has(mid) ? [2, 2] : [0, 0];
  return group ? [chat.groupStatus(told), chat.groupStatus(told)] : chat.status(mid, name as typeof user);
}

/**
 * A conversation with something to show is listed, with the newest of it; one of which everything was deleted is not. Whether
 * one is listed of which all messages are gone one by one, or a group in which nothing was said yet, is left open.
 */
function compareListing({ chat, group, name: where }: Place, { user, name }: DeviceState, item: ListedItem): string[] {
  const newest = chat.visible(user, name).findLast((one) => !one.isCommand);
  const unread = chat.unread(user, name);
  if (newest) {
    const actual = item && `${item.lastMessage?.id} ${item.content} (${item.unread}) ${item.type}`;
    const type = group ? 'group' : 'roster';
    return differ(`${name}: ${where} in the list`, actual, `${newest.mid} ${newest.content} (${unread}) ${type}`);
  }
  const isGone = group ? !group.members.has(user) && chat.hiddenOn(user, name) > 0 : false;
  const isEmpty = group ? isGone : chat.last <= chat.hiddenOn(user, name);
  if (isEmpty) return item ? [`${name}: ${where} is in the list`] : [];
  return item ? differ(`${name}: ${where} in the list`, [item.content, item.unread], ['', unread]) : [];
}

type ListedItem = Listed extends Map<number, infer I> ? I | undefined : never;
