import { isDeepStrictEqual } from 'node:util';
import type { UserName } from '../users.ts';
import { userNames } from '../users.ts';
import type { Chat } from './chat.ts';
import type { Device } from './device.ts';
import { type DeviceState, type Model, others } from './model.ts';
import type { World } from './world.ts';

/** A device that came later has the newest entries of a log alone: so many messages are certainly among them. */
const freshDeviceHas = 40;

/** Where the real thing is not what the model says, in words. All must be quiet. */
export async function compare(model: Model, world: World): Promise<string[]> {
  const present = [...model.devices.values()].filter((state) => !state.isAway);
  const found = await Promise.all(present.map((state) => compareDevice(model, world, state)));
  const roster = await Promise.all(userNames.map((user) => compareRoster(model, world, user)));
  return [...found, ...roster].flat();
}

async function compareDevice(model: Model, world: World, state: DeviceState): Promise<string[]> {
  const device = world.device(state.name);
  const { user } = state;
  const listed = device.im.userManage.getConversationList();
  const chats = others(user).flatMap((other) => [
    ...comparePair(model, world, device, state, other),
    ...compareListing(model.chat(user, other), device, world.uids[other], listed),
  ]);
  const friends = await device.im.rosterManage.asyncGetRosterIdList();
  return [
    ...device.errors.splice(0).map((error) => `${device.name} was told ${error}`),
    ...chats,
    ...differ(`${device.name}: friends`, friends.toSorted(), friendsOf(model, world, user)),
    ...others(user).flatMap((other) => compareItem(model, world, device, other)),
  ];
}

function comparePair(model: Model, world: World, device: Device, state: DeviceState, other: UserName): string[] {
  const { user, name } = state;
  const chat = model.chat(user, other);
  const uid = world.uids[other];
  const shown = device.shown(uid);
  const wanted = chat.visible(user, name).map(({ mid, from, content }) => {
    const [least, most] = from === user ? chat.status(mid, other) : statusOfTheirs(chat, user, mid);
    const actual = shown.find(({ id }) => id === String(mid))?.status ?? 0;
    return `${mid} ${from}: ${content} (${Math.min(Math.max(actual, least), most)})`;
  });
  const told = shown.map((meta) => `${meta.id} ${world.nameOf(meta.from)}: ${meta.content} (${meta.status})`);
  const isWhole = !state.isFresh || chat.told.length < freshDeviceHas;
  return [
    ...(isWhole ? differ(`${name}: messages with ${other}`, told, wanted) : []),
    ...differ(`${name}: unread of ${other}`, device.im.rosterManage.getUnreadCount(uid), chat.unread(user, name)),
  ];
}

function statusOfTheirs(chat: Chat, user: UserName, mid: number): [number, number] {
  const { read, marks } = chat.reader(user);
  return mid <= read && !marks.has(mid) ? [2, 2] : [0, 0];
}

type Listed = ReturnType<Device['im']['userManage']['getConversationList']>;

/**
 * A conversation with something to show is listed, with the newest of it; one of which everything was deleted is not. Whether
 * one is listed of which all messages are gone one by one is left open.
 */
function compareListing(chat: Chat, device: Device, uid: number, listed: Listed): string[] {
  const { user, name } = device;
  const item = listed.find(({ id }) => id === uid);
  const newest = chat.visible(user, name).findLast((one) => !one.isCommand);
  const where = `${name}: in the list ${uid}`;
  if (newest) {
    const actual = item && `${item.lastMessage?.id} ${item.content} (${item.unread})`;
    return differ(where, actual, `${newest.mid} ${newest.content} (${chat.unread(user, name)})`);
  }
  // TODO C2: nothing was ever said, but a refused message leaves its conversation behind.
  const isEmpty = chat.last > 0 && chat.last <= chat.hiddenOn(user, name);
  if (isEmpty) return differ(where, item?.id, undefined);
  return item ? differ(`${where} has nothing`, [item.content, item.unread], ['', chat.unread(user, name)]) : [];
}

function compareItem(model: Model, world: World, device: Device, other: UserName): string[] {
  const item = device.im.rosterManage.getRosterInfo(world.uids[other]);
  // Nobody asked yet.
  if (!item) return model.relation(device.user, other) === 2 ? [] : [`${device.name} knows nothing of ${other}`];
  return differ(`${device.name}: ${other}`, itemOf(item), wantedItem(model, device.user, other));
}

/** What the server says to whoever asks. */
async function compareRoster(model: Model, world: World, user: UserName): Promise<string[]> {
  if (!model.isReachable(user)) return [];
  const { rosterManage } = world.anyOf(user).im;
  const rest = others(user);
  const applied = await rosterManage.asyncGetApplyList();
  const applications = Object.fromEntries(
    applied.map(({ user_id, status }) => [world.nameOf(user_id), statuses[status]]),
  );
  const wanted = rest.flatMap((from) => {
    const application = model.application(from, user);
    return application ? [[from, application.status]] : [];
  });
  const items = await rosterManage.asnycGetRosterListDetailByIds(rest.map((other) => world.uids[other]));
  const blocked = rest.filter((other) => model.blocks(user, other)).map((other) => world.uids[other]);
  return [
    ...differ(`${user}: applications`, applications, Object.fromEntries(wanted)),
    ...differ(`${user}: blocked`, await rosterManage.asyncGetBlockedlist(), blocked.toSorted()),
    ...differ(`${user}: friends`, await rosterManage.asyncGetRosterIdList(true), friendsOf(model, world, user)),
    ...items.flatMap((item) => {
      const other = world.nameOf(item.user_id);
      return differ(`${user}: ${other}`, itemOf(item), wantedItem(model, user, other));
    }),
  ];
}

const statuses = ['pending', 'accepted', 'declined'] as const;

function friendsOf(model: Model, world: World, user: UserName): number[] {
  return others(user)
    .filter((other) => model.areFriends(user, other))
    .map((other) => world.uids[other])
    .toSorted();
}

function itemOf({
  relation,
  alias,
  mute_notification,
}: {
  relation: number;
  alias?: string;
  mute_notification: boolean;
}) {
  return { relation, alias: alias ?? '', isMuted: mute_notification };
}

function wantedItem(model: Model, user: UserName, other: UserName) {
  return { relation: model.relation(user, other), ...model.note(user, other) };
}

function differ(where: string, actual: unknown, wanted: unknown): string[] {
  if (isDeepStrictEqual(actual, wanted)) return [];
  return [`${where}: is ${JSON.stringify(actual)}, should be ${JSON.stringify(wanted)}`];
}
