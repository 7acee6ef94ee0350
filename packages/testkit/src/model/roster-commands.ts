import { errors } from '@flooim/protocol';
import fc from 'fast-check';
import { type UserName, userNames } from '../users.ts';
import { codeOf, commands, expectCode } from './command.ts';
import type { AskedMode, Model } from './model.ts';
import type { World } from './world.ts';

interface Pair {
  by: UserName;
  to: UserName;
}

const user = fc.constantFrom(...userNames);
const pairs = fc.record({ by: user, to: user }).filter(({ by, to }) => by !== to);
const canAct = (model: Model, { by }: Pair) => model.isReachable(by);
const manage = (world: World, { by }: Pair) => world.anyOf(by).im.rosterManage;

const mode = commands('authMode', fc.record({ by: user, mode: fc.constantFrom<AskedMode[]>(0, 0, 1, 1, 3) }), {
  can: (model, { by, mode: wanted }) => model.isReachable(by) && model.authMode[by] !== wanted,
  async run(model, world, { by, mode: wanted }) {
    await world.anyOf(by).im.userManage.asyncUpdateSettings({ auth_mode: wanted });
    model.authMode[by] = wanted;
  },
});

const apply = commands('apply', pairs, {
  can: canAct,
  async run(model, world, pair) {
    const { by, to } = pair;
    const alias = `${by}'s ${to}`;
    const code = await codeOf(manage(world, pair).asyncApply({ user_id: world.uids[to], alias }));
    const isMutual = model.application(to, by)?.status === 'pending';
    const refusal = refusalToApply(model, pair, isMutual);
    expectCode(code, refusal, `${by} applying to ${to}`);
    if (refusal) return;
    if (!isMutual && model.authMode[to] === 1) model.apply(by, to, alias);
    else {
      model.note(by, to).alias = alias;
      model.befriend(by, to);
    }
  },
});

function refusalToApply(model: Model, { by, to }: Pair, isMutual: boolean): number {
  if (model.areFriends(by, to)) return errors.alreadyFriends.code;
  if (model.blocks(by, to) || model.blocks(to, by)) return errors.blocked.code;
  return !isMutual && model.authMode[to] === 3 ? errors.applicationRefused.code : 0;
}

/** `by` applied to him. */
const hasPending = (model: Model, { by, to }: Pair) => model.application(to, by)?.status === 'pending';

const accept = commands('accept', pairs, {
  can: canAct,
  async run(model, world, pair) {
    const { by, to } = pair;
    const code = await codeOf(manage(world, pair).asyncAccept({ user_id: world.uids[to] }));
    const isBlocked = model.blocks(by, to) || model.blocks(to, by);
    const refusal = hasPending(model, pair) ? (isBlocked ? errors.blocked.code : 0) : errors.applicationMissing.code;
    expectCode(code, refusal, `${by} accepting ${to}`);
    if (!refusal) model.befriend(by, to);
  },
});

const decline = commands('decline', pairs, {
  can: canAct,
  async run(model, world, pair) {
    const { by, to } = pair;
    const code = await codeOf(manage(world, pair).asyncDecline({ user_id: world.uids[to] }));
    const refusal = hasPending(model, pair) ? 0 : errors.applicationMissing.code;
    expectCode(code, refusal, `${by} declining ${to}`);
    const application = model.application(to, by);
    if (!refusal && application) application.status = 'declined';
  },
});

const part = commands('unfriend', pairs, {
  can: canAct,
  async run(model, world, pair) {
    const { by, to } = pair;
    await world.settle();
    await manage(world, pair).asyncDeleteRoster({ user_id: world.uids[to] });
    if (!model.areFriends(by, to)) return;
    model.part(by, to);
    model.chat(by, to).delete(by);
  },
});

const block = commands('block', pairs, {
  can: canAct,
  async run(model, world, pair) {
    const { by, to } = pair;
    await world.landed();
    const code = await codeOf(manage(world, pair).asyncBlockeAdd({ user_id: world.uids[to] }));
    expectCode(code, model.blocks(by, to) ? errors.blocked.code : 0, `${by} blocking ${to}`);
    model.setBlock(by, to, true);
  },
});

const unblock = commands('unblock', pairs, {
  can: canAct,
  async run(model, world, pair) {
    await world.landed();
    await manage(world, pair).asyncBlockeRemove({ user_id: world.uids[pair.to] });
    model.setBlock(pair.by, pair.to, false);
  },
});

const note = commands('note', fc.record({ by: user, to: user, alias: fc.constantFrom('', 'x'), mute: fc.boolean() }), {
  can: (model, args) => args.by !== args.to && canAct(model, args),
  async run(model, world, args) {
    const { by, to, alias, mute } = args;
    const about = { user_id: world.uids[to], alias, mute_notification: mute };
    const code = await codeOf(manage(world, args).asyncUpdateRosterExt(about));
    const isFriend = model.areFriends(by, to);
    expectCode(code, isFriend ? 0 : errors.noPermission.code, `${by} noting about ${to}`);
    if (isFriend) Object.assign(model.note(by, to), { alias, isMuted: mute });
  },
});

export const rosterCommands = [mode, apply, apply, accept, accept, decline, part, block, unblock, unblock, note];
