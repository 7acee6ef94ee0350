import assert from 'node:assert/strict';
import { type ErrorName, errors } from '@flooim/protocol';
import fc from 'fast-check';
import type { Meta } from 'flooim';
import { userNames } from '../users.ts';
import { type Command, commands } from './command.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import { isIn, isPlaceOf, isUser, type Place, type PlaceName, placeNames, placeOf, refusalToSpeak } from './place.ts';
import type { World } from './world.ts';

/** A device does something in a conversation. */
interface Talk {
  device: string;
  to: PlaceName;
}

const devices = fc.constantFrom(...userNames.flatMap((name) => [`${name}.phone`, `${name}.laptop`]));
const talk = { device: devices, to: fc.constantFrom(...placeNames) };

const canSay = (model: Model, { device, to }: Talk) => isPlaceOf(model, model.device(device).user, to);

/** Who wants no messages of a group does not get his own on his other devices. */
const isSilent = (model: Model, { device, to }: Talk) =>
  model.groups.get(to)?.members.get(model.device(device).user) === 2;

function canOperate(model: Model, args: Talk): boolean {
  const { user, isAway } = model.device(args.device);
  return canSay(model, args) && !isAway && isIn(model, user, args.to);
}

const sayings = fc.record({ ...talk, isCommand: fc.boolean(), times: fc.integer({ min: 1, max: 3 }) });

const say = commands('say', sayings, {
  can: (model, args) => canSay(model, args) && !isSilent(model, args),
  async run(model, world, { device: name, to, isCommand, times }) {
    const device = world.device(name);
    const mayFail = device.line.isUp && refusalToSpeak(model, device.user, to) !== undefined;
    // What was refused is looked at one by one.
    if (mayFail) await device.answered();
    for (let i = 0; i < times; i++) speak(model, world, device, to, isCommand && i === 0);
    if (mayFail) await device.answered();
  },
});

let said = 0;

/** Says something; the model has it when the answer is there. */
function speak(model: Model, world: World, device: Device, to: PlaceName, isCommand: boolean): void {
  const { user } = device;
  const content = `${++said} from ${device.name}`;
  const { id, group, chat } = placeOf(model, world, user, to);
  const type = isCommand ? 'command' : 'text';
  const message = group ? { gid: id, content, type } : { uid: id, content, type };
  device.say(message as Parameters<Device['say']>[0], (outcome, clientMid) => {
    const refusal = refusalToSpeak(model, user, to);
    assert.equal('refused' in outcome, refusal !== undefined, `${user} speaks to ${to}: ${JSON.stringify(outcome)}`);
    if ('refused' in outcome) {
      // What waited while the group went is gone with it; the server was not asked.
      const isDropped = !device.hasFailed({ id, group }, clientMid);
      device.forgive(refusal as string, isDropped && group?.hasGoneFrom(user) === true);
      if (!isDropped) device.im.sysManage.discardMessage(id, clientMid);
    } else {
      const present = group ? new Set(group.members.keys()) : new Set([user, to as typeof user]);
      const audience = group ? group.audience(user) : present;
      const told = { mid: outcome.mid, from: user, content, isCommand, isRecalled: false, present, audience };
      chat.add({ ...told, deletedBy: new Set() });
    }
  });
}

/** An operation on a message that a device shows. */
interface Target {
  model: Model;
  device: Device;
  place: Place;
  message: Meta;
  mid: number;
}

/**
 * One of the messages that the device shows, wherever it is used; nothing happens where there is none. The rule does it and
 * says why it must be refused, if it must.
 */
function operation(
  name: string,
  rule: (target: Target) => ErrorName | undefined,
  isMeant: (message: Meta, ownUid: number) => boolean = () => true,
): fc.Arbitrary<Command> {
  return commands(name, fc.record({ ...talk, which: fc.nat(100) }), {
    can: canOperate,
    async run(model, world, { device: deviceName, to, which }) {
      const device = world.device(deviceName);
      await world.landed();
      const place = placeOf(model, world, device.user, to);
      const meant = device.shown(place).filter((message) => isMeant(message, world.uids[device.user]));
      const message = meant[which % meant.length];
      if (!message) return;
      const refusal = rule({ model, device, place, message, mid: Number(message.id) });
      await device.answered();
      device.expectRefusal(refusal && errors[refusal].text, `the answer to ${name} ${message.id} by ${deviceName}`);
    },
  });
}

const isTheirs = (message: Meta, ownUid: number) => Number(message.from) !== ownUid;

const read = operation('read', ({ model, device, place, mid }) => {
  const { user, name, im } = device;
  const { group, chat, id } = place;
  if (group) {
    im.groupManage.readGroupMessage(id, mid);
    chat.read(user, mid, name, (from) => group.readAck && group.members.has(from) && !model.blocks(user, from));
    return undefined;
  }
  const to = place.name as typeof user;
  im.rosterManage.readRosterMessage(id, mid);
  chat.read(user, mid, name, () => !model.blocks(user, to) && !model.blocks(to, user));
  return undefined;
});

const markUnread = operation(
  'markUnread',
  ({ device, place, mid }) => {
    device.im.rosterManage.unreadMessage(place.id, mid);
    place.chat.reader(device.user).marks.add(mid);
    return undefined;
  },
  isTheirs,
);

const recall = operation('recall', ({ model, device, place, mid }) => {
  const { user, im } = device;
  const told = place.chat.find(mid);
  if (place.group) {
    im.groupManage.recallMessage(place.id, mid);
    if (told?.from !== user && !place.group.can(user, 'recallAny')) return 'recallForeign';
  } else {
    im.rosterManage.recallMessage(place.id, mid);
    if (isUser(place.name) && model.blocks(place.name, user)) return 'blockedByRecipient';
    if (told?.from !== user) return 'recallForeign';
  }
  if (told) told.isRecalled = true;
  return undefined;
});

const remove = operation('delete', ({ device, place, mid }) => {
  device.im.rosterManage.deleteMessage(place.id, mid);
  place.chat.find(mid)?.deletedBy.add(device.user);
  return undefined;
});

const drops = fc.record({ ...talk, everywhere: fc.boolean() });

const drop = commands('deleteConversation', drops, {
  can: canOperate,
  async run(model, world, { device: name, to, everywhere }) {
    const device = world.device(name);
    // It takes what the device has seen: by now that is everything, but for what came to a group whose messages he does not want.
    await world.settle();
    const { id, chat } = placeOf(model, world, device.user, to);
    if (!chat.told.at(-1)?.audience.has(device.user)) return;
    device.im.sysManage.deleteConversation(id, everywhere);
    if (everywhere) chat.delete(device.user);
    else chat.dropOn(name);
    await device.answered();
  },
});

export const messageCommands = [
  ...[say, say, say, say, say, say, say, say, say, say],
  ...[read, read, read, read, read, read, markUnread, markUnread, recall, recall, remove, remove, drop],
];
