import assert from 'node:assert/strict';
import { errors } from '@flooim/protocol';
import fc from 'fast-check';
import type { Meta } from 'flooim';
import { type UserName, userNames } from '../users.ts';
import { type Command, commands } from './command.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** A device does something in the conversation with another user. */
interface Talk {
  device: string;
  to: UserName;
}

const devices = fc.constantFrom(...userNames.flatMap((name) => [`${name}.phone`, `${name}.laptop`]));
const talk = { device: devices, to: fc.constantFrom(...userNames) };
/** One of the messages that a device shows, wherever it is used. */
const targeted = fc.record({ ...talk, which: fc.nat(100) });

interface Saying extends Talk {
  isCommand: boolean;
  times: number;
}

const isTalk = (model: Model, { device, to }: Talk) => model.device(device).user !== to;
const isPresent = (model: Model, args: Talk) => isTalk(model, args) && !model.device(args.device).isAway;

let said = 0;

const sayings = fc.record({ ...talk, isCommand: fc.boolean(), times: fc.integer({ min: 1, max: 3 }) });

const say = commands<Saying>('say', sayings, {
  can: isTalk,
  async run(model, world, { device: name, to, isCommand, times }) {
    const device = world.device(name);
    // What was refused is looked at one by one.
    if (device.line.isUp && refusalToTalk(model, device.user, to)) await device.answered();
    for (let i = 0; i < times; i++) speak(model, world, device, to, isCommand && i === 0);
    if (device.line.isUp && refusalToTalk(model, device.user, to)) await device.answered();
  },
});

/** Says something; the model has it when the answer is there. */
function speak(model: Model, world: World, device: Device, to: UserName, isCommand: boolean): void {
  const { user } = device;
  const content = `${++said} from ${device.name}`;
  const uid = world.uids[to];
  device.say({ uid, content, type: isCommand ? 'command' : 'text' }, (outcome, clientMid) => {
    const refusal = refusalToTalk(model, user, to);
    const answer = 'refused' in outcome ? outcome.refused : undefined;
    assert.equal(answer, refusal, `the answer to ${user} who speaks to ${to}`);
    if ('refused' in outcome) {
      device.forgive(`MESSAGE ${refusal}`);
      device.im.sysManage.discardMessage(uid, clientMid);
    } else {
      const audience = new Set([user, to]);
      const told = { mid: outcome.mid, from: user, content, isCommand, isRecalled: false, audience };
      model.chat(user, to).add({ ...told, deletedBy: new Set() });
    }
  });
}

/** Whoever was blocked, and whoever blocked, is told in other words. */
function refusalToTalk(model: Model, from: UserName, to: UserName): string | undefined {
  if (model.blocks(from, to)) return errors.strangersNotAllowed.text;
  return model.blocks(to, from) ? errors.blockedByRecipient.text : undefined;
}

interface Targeted extends Talk {
  which: number;
}

/** An operation on one of the messages that the device shows; nothing happens where there is none. */
function operation(
  name: string,
  rule: (target: {
    model: Model;
    device: Device;
    to: UserName;
    uid: number;
    message: Meta;
    mid: number;
  }) => string | undefined,
  isMeant: (message: Meta, ownUid: number) => boolean = () => true,
): fc.Arbitrary<Command> {
  return commands<Targeted>(name, targeted, {
    can: isPresent,
    async run(model, world, { device: deviceName, to, which }) {
      const device = world.device(deviceName);
      await world.landed();
      const uid = world.uids[to];
      const meant = device.shown(uid).filter((message) => isMeant(message, world.uids[device.user]));
      const message = meant[which % meant.length];
      if (!message) return;
      const refusal = rule({ model, device, to, uid, message, mid: Number(message.id) });
      await device.answered();
      device.expectRefusal(refusal, `the answer to ${name} ${message.id} by ${deviceName}`);
    },
  });
}

const isTheirs = (message: Meta, ownUid: number) => Number(message.from) !== ownUid;

const read = operation('read', ({ model, device, to, uid, mid }) => {
  const { user, name } = device;
  const chat = model.chat(user, to);
  const isTold = chat.readSays(user, mid, name);
  // TODO C5: reading is his own matter, also when the other one has blocked him.
  if (isTold && model.blocks(to, user)) return undefined;
  device.im.rosterManage.readRosterMessage(uid, mid);
  chat.read(user, mid, name, !model.blocks(user, to));
  return undefined;
});

const markUnread = operation(
  'markUnread',
  ({ model, device, to, uid, mid }) => {
    device.im.rosterManage.unreadMessage(uid, mid);
    model.chat(device.user, to).reader(device.user).marks.add(mid);
    return undefined;
  },
  isTheirs,
);

const recall = operation('recall', ({ model, device, to, uid, message, mid }) => {
  device.im.rosterManage.recallMessage(uid, mid);
  const told = model.chat(device.user, to).find(mid);
  if (model.blocks(to, device.user)) return errors.blockedByRecipient.text;
  if (Number(message.from) === uid) return errors.recallForeign.text;
  if (told) told.isRecalled = true;
  return undefined;
});

const remove = operation('delete', ({ model, device, to, uid, mid }) => {
  device.im.rosterManage.deleteMessage(uid, mid);
  model.chat(device.user, to).find(mid)?.deletedBy.add(device.user);
  return undefined;
});

const drop = commands<Talk & { everywhere: boolean }>(
  'deleteConversation',
  fc.record({ ...talk, everywhere: fc.boolean() }),
  {
    can: isPresent,
    async run(model, world, { device: name, to, everywhere }) {
      const device = world.device(name);
      // It takes what the device has seen: by now that is everything.
      await world.settle();
      const chat = model.chat(device.user, to);
      if (chat.told.length === 0) return;
      device.im.sysManage.deleteConversation(world.uids[to], everywhere);
      if (everywhere) chat.hide(device.user);
      else chat.hideOn(name);
      await device.answered();
    },
  },
);

export const messageCommands = [say, say, say, say, read, read, read, markUnread, recall, remove, drop];
