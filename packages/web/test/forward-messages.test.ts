import { until } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSignedInPage } from './signed-in-page.ts';

let page: Awaited<ReturnType<typeof openSignedInPage>>;

beforeAll(async () => {
  page = await openSignedInPage();
});
afterAll(() => page?.close());

test('who tries again sends nobody twice what is on its way already', async () => {
  const { forwardMessages } = await import('../src/message/forward/forward-messages.ts');
  const { im, alice, bob } = page;
  const heard = () =>
    bob.phone.im.rosterManage
      .getRosterMessageByRid(alice.uid)
      .filter(({ from }) => from === String(alice.uid))
      .map(({ content }) => content);
  bob.phone.say(alice.uid, 'worth telling');
  const told = () => im.rosterManage.getRosterMessageByRid(bob.uid).find(({ content }) => content === 'worth telling');
  await until(() => told() !== undefined, 'the message to come');
  const mid = told()?.id ?? '';
  const queued = new Set<string>();
  const [toBob, toNobody] = [
    { id: bob.uid, name: 'Bob' },
    { id: -1, name: 'Nobody' },
  ];

  // The second one is none that this device has.
  const stuck = forwardMessages([toBob], { what: [mid, '123456789'], word: 'look' }, queued);
  expect(stuck.map(({ to }) => to)).toEqual([toBob]);
  const failed = forwardMessages([toBob, toNobody], { what: [mid], word: 'look' }, queued);
  expect(failed.map(({ to }) => to)).toEqual([toNobody]);
  forwardMessages([toBob, toNobody], { what: [mid], word: 'look' }, queued);
  im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'the end' });
  await until(() => heard().includes('the end'), 'all of it to come');
  expect(heard()).toEqual(['worth telling', 'look', 'the end']);
});
