import type { RosterItem } from 'flooim';
import { callRest } from '../rest.ts';
import type { UserName } from '../users.ts';
import type { Device } from './device.ts';
import { differ } from './differ.ts';
import { type Model, others } from './model.ts';
import type { World } from './world.ts';

/** Friends and what is known of people, as a device has them. */
export async function compareRosterItems(model: Model, world: World, device: Device): Promise<string[]> {
  const { rosterManage } = device.im;
  const { user, name } = device;
  const friends = await rosterManage.asyncGetRosterIdList();
  return [
    ...differ(`${name}: friends`, friends.toSorted(), friendsOf(model, world, user)),
    ...others(user).flatMap((other) => {
      const item = rosterManage.getRosterInfo(world.uids[other]);
      if (item) return differ(`${name}: ${other}`, itemOf(item), wantedItem(model, user, other));
      // Nobody asked yet.
      return model.relation(user, other) === 2 ? [] : [`${name} knows nothing of ${other}`];
    }),
  ];
}

const statuses = ['pending', 'accepted', 'declined'] as const;

/** What the server says to whoever asks. */
export async function compareRosterLists(model: Model, world: World, user: UserName): Promise<string[]> {
  const by = { token: world.tokenOf(user) };
  const rest = others(user);
  const [applied, items, blocked, friends] = await Promise.all([
    callRest(world.url, 'rosterApplyList', {}, by),
    callRest(world.url, 'rosterDetails', { list: rest.map((other) => world.uids[other]) }, by),
    callRest(world.url, 'rosterBlockedList', {}, by),
    callRest(world.url, 'rosterList', {}, by),
  ]);
  const applications = applied.map(({ user_id, status }) => `${world.nameOf(user_id)} ${statuses[status]}`);
  const wanted = rest.flatMap((from) => {
    const application = model.application(from, user);
    return application ? [`${from} ${application.status}`] : [];
  });
  const wantedBlocks = rest.filter((other) => model.blocks(user, other)).map((other) => world.uids[other]);
  return [
    ...differ(`${user}: applications`, applications.toSorted(), wanted.toSorted()),
    ...differ(`${user}: blocked`, blocked, wantedBlocks.toSorted()),
    ...differ(`${user}: friends`, friends, friendsOf(model, world, user)),
    ...items.flatMap((item) => {
      const other = world.nameOf(item.user_id);
      return differ(`${user}: ${other}`, itemOf(item), wantedItem(model, user, other));
    }),
  ];
}

function friendsOf(model: Model, world: World, user: UserName): number[] {
  const friends = others(user).filter((other) => model.areFriends(user, other));
  return friends.map((other) => world.uids[other]).toSorted();
}

function itemOf({ relation, alias, mute_notification }: Pick<RosterItem, 'relation' | 'alias' | 'mute_notification'>) {
  return { relation, alias: alias ?? '', isMuted: mute_notification };
}

function wantedItem(model: Model, user: UserName, other: UserName) {
  return { relation: model.relation(user, other), ...model.note(user, other) };
}
