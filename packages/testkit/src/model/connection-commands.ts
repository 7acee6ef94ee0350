import fc from 'fast-check';
import { type UserName, userNames } from '../users.ts';
import { commands } from './command.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

const devices = fc.constantFrom(...userNames.flatMap((name) => [`${name}.phone`, `${name}.laptop`]));
const one = fc.record({ device: devices });
const isPresent = (model: Model, { device }: { device: string }) => !model.device(device).isAway;

/** The line breaks while things are on their way; the SDK comes back by itself. */
const cut = commands('cut', one, {
  can: isPresent,
  async run(_model, world, { device }) {
    world.device(device).line.cut();
  },
});

const leave = commands('goAway', one, {
  can: isPresent,
  async run(model, world, { device }) {
    await world.settle();
    model.settled();
    world.device(device).line.down();
    model.device(device).isAway = true;
  },
});

const comeBack = commands('comeBack', one, {
  can: (model, { device }) => model.device(device).isAway,
  run: (model, world, { device }) => world.bringBack(model, device),
});

const restart = commands('restartServer', fc.record({}), {
  can: () => true,
  run: (_model, world) => world.restart(),
});

/** What a user may have besides the first two. */
const freshDevices = 3;

const fresh = commands('freshDevice', fc.record({ user: fc.constantFrom(...userNames) }), {
  can: (model, { user }) => model.devicesOf(user).length < 2 + freshDevices,
  run: (model, world, { user }) => arrive(model, world, user),
});

/** One more device of his, which knows nothing yet. */
export async function arrive(model: Model, world: World, user: UserName): Promise<void> {
  await world.landed();
  const name = `${user}.fresh${model.devicesOf(user).length - 1}`;
  model.addDevice(name, user, true);
  await world.addDevice(name, user);
}

export const connectionCommands = [cut, cut, leave, comeBack, comeBack, restart, fresh];
