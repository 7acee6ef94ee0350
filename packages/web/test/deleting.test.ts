import { until } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { watch } from 'vue';
import { openSignedInPage } from './signed-in-page.ts';

let page: Awaited<ReturnType<typeof openSignedInPage>>;

beforeAll(async () => {
  page = await openSignedInPage();
});
afterAll(() => page?.close());

test('a deleted message is hidden at once, and until nothing names it any more', async () => {
  const { useConversations } = await import('../src/conversation/conversation-store.ts');
  const { standingLast } = await import('../src/conversation/standing-last.ts');
  const { useMessages } = await import('../src/message/message-store.ts');
  const { isLeaving } = await import('../src/message/leaving-messages.ts');
  const { im, bob } = page;
  const conversations = useConversations();
  const last = () => conversations.byId.get(bob.uid)?.lastMessage;
  conversations.load();
  bob.phone.say(page.alice.uid, 'stays');
  bob.phone.say(page.alice.uid, 'goes');
  await until(() => last()?.content === 'goes', 'both messages to be listed');
  const mid = last()?.id ?? '';
  await until(() => im.rosterManage.getRosterMessageByRid(bob.uid).length === 2, 'both messages to be read');

  useMessages().removeLater(bob.uid, [mid], 0);
  expect(isLeaving(mid)).toBe(true);
  const shown = () => {
    const item = conversations.byId.get(bob.uid);
    return item && standingLast(item)?.content;
  };
  expect(shown()).toBe('stays');
  const whenForgotten: unknown[] = [];
  watch(
    () => isLeaving(mid),
    () => whenForgotten.push(shown()),
    { flush: 'sync' },
  );
  await until(() => !isLeaving(mid), 'the deletion to go through');
  expect(whenForgotten).toEqual(['stays']);
  expect(last()?.content).toBe('stays');
});

test('what waits to be read of the list is read when it must be known', async () => {
  const { useConversations } = await import('../src/conversation/conversation-store.ts');
  const { im, bob } = page;
  const conversations = useConversations();
  const unread = () => conversations.byId.get(bob.uid)?.unread;
  const known = () => im.userManage.getConversationList().find(({ id }) => id === bob.uid)?.unread;
  const before = known() ?? 0;
  // A list that took hours to read is not read again for hours.
  vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(10_000_000);
  conversations.load();
  vi.restoreAllMocks();
  bob.phone.say(page.alice.uid, 'news');
  await until(() => known() === before + 1, 'the message to come');
  expect(unread()).toBe(before);
  conversations.settle();
  expect(unread()).toBe(before + 1);
});
