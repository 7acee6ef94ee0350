import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSignedInPage } from './signed-in-page.ts';

let page: Awaited<ReturnType<typeof openSignedInPage>>;

beforeAll(async () => {
  page = await openSignedInPage();
});
afterAll(() => page?.close());

test('what was asked is known again, without what is over or makes no sense', async () => {
  const request = { kind: 'person', id: 7, sentAt: Date.now(), reason: 'Hello', declined: false, answer: '' };
  const kept = [
    request,
    { ...request, kind: 'group', id: 8 },
    { ...request, id: 9, sentAt: Date.now() - limits.applicationTtlMs - 1 },
    { ...request, kind: 'planet' },
    { ...request, id: 'seven' },
    { ...request, sentAt: null },
    null,
    'words',
  ];
  page.storage.setItem(`flooim.sent.${page.alice.uid}`, JSON.stringify(kept));
  const { useSentRequests } = await import('../src/roster/sent-requests.ts');
  const requests = useSentRequests();
  expect(requests.all.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['person 7', 'group 8']);
  requests.forget('person', 7);
  expect(page.storage.getItem(`flooim.sent.${page.alice.uid}`)).toBe(JSON.stringify([kept[1]]));
});
