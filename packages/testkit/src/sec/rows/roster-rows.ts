import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';

const target = async (stage: Stage) => ({ user_id: (await stage.target).uid });
/** Whom the target asked to be his friend, or the caller: he is another one. */
const applicant = (asked: (stage: Stage) => Promise<{ uid: number }>) => async (stage: Stage) => {
  const { world } = stage;
  const [by, user] = await Promise.all([world.person(stage.caller.appId), asked(stage)]);
  await world.call(by, 'rosterApply', { user_id: user.uid, reason: stage.text() });
  return { user_id: by.uid };
};
const askedCaller = applicant(async (stage) => {
  await stage.world.call(stage.caller, 'userAuthMode', { value: 1 });
  return stage.caller;
});
/** Somebody else of the caller's app. */
const askedOther = applicant(async (stage) => {
  const other = await stage.world.person(stage.caller.appId);
  await stage.world.call(other, 'userAuthMode', { value: 1 });
  return other;
});

export const rosterRows: readonly Row[] = [
  row('rosterList', target),
  row('rosterDetails', async (stage) => ({ list: [(await stage.target).uid] })),
  row('rosterById', target),
  row('rosterByName', async (stage) => ({ username: (await stage.target).username })),
  row('rosterByMobile', async (stage) => {
    const mobile = stage.world.newMobile();
    await stage.byTarget('userMobile', { mobile });
    return { mobile };
  }),
  row('rosterApply', target),
  row('rosterApplyBatch', async (stage) => ({ list: [await target(stage)] })),
  row(
    'rosterApplyList',
    async (stage) => {
      await askedCaller(stage);
      return {};
    },
    { about: 'own' },
  ),
  row(
    'rosterApplyList',
    async (stage) => {
      await askedOther(stage);
      return {};
    },
    { about: 'of somebody else' },
  ),
  row('rosterAccept', askedCaller, { about: 'what he was asked' }),
  row('rosterAccept', askedOther, { about: 'what somebody else was asked' }),
  row('rosterDecline', askedCaller, { about: 'what he was asked' }),
  row('rosterDecline', askedOther, { about: 'what somebody else was asked' }),
  row('rosterDelete', target),
  row('rosterExt', async (stage) => ({ ...(await target(stage)), alias: 'him' })),
  row('rosterBlock', target),
  row('rosterUnblock', target),
  row('rosterBlockedList'),
  row('rosterMayMessage', async (stage) => ({ user_id: stage.caller.uid, roster_id: (await stage.target).uid }), {
    about: 'for himself',
  }),
  row('rosterMayMessage', async (stage) => ({ user_id: (await stage.target).uid, roster_id: stage.caller.uid }), {
    about: 'for the target',
  }),
  row('userRosters', target),
  row('userOnline'),
];
