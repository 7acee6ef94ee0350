import type { GroupNoticeMeta, Meta } from 'flooim';
import { describe, expect, test } from 'vitest';
import { buildTimeline, type Row, unreadBegin } from '../src/message/timeline.ts';
import { sampleMessage } from './sample-message.ts';

const self = '1';
const noon = new Date(2026, 10, 20, 12).getTime();
const minute = 60_000;

function message(id: string, from: string, at: number, more: Partial<Meta> = {}): Meta {
  const to = from === self ? '2' : self;
  return sampleMessage({ id, content: id, from, to, timestamp: String(at), ...more });
}

const kinds = (rows: Row[]) => rows.map((row) => (row.kind === 'message' ? row.meta.id : row.kind));

describe('the timeline', () => {
  test('opens each day with a separator', () => {
    const rows = buildTimeline([message('a', '2', noon), message('b', '2', noon + 24 * 60 * minute)], [], self, null);
    expect(kinds(rows)).toEqual(['day', 'a', 'day', 'b']);
  });

  test('groups what one person sends within five minutes', () => {
    const rows = buildTimeline(
      [
        message('a', '2', noon),
        message('b', '2', noon + minute),
        message('c', self, noon + 2 * minute),
        message('d', self, noon + 9 * minute),
      ],
      [],
      self,
      null,
    );
    const marks = rows.flatMap((row) =>
      row.kind === 'message' ? [`${row.meta.id}${row.first ? '<' : ''}${row.last ? '>' : ''}`] : [],
    );
    expect(marks).toEqual(['a<', 'b>', 'c<>', 'd<>']);
  });

  test('puts the divider above its message and parts the group there', () => {
    const rows = buildTimeline([message('a', '2', noon), message('b', '2', noon + 1)], [], self, 'b');
    expect(kinds(rows)).toEqual(['day', 'a', 'unread', 'b']);
    expect(rows[1]).toMatchObject({ last: true });
  });

  test('keeps a recalled message where it stood, also at the end', () => {
    const recalled = [
      { mid: 'y', at: noon + 9, from: '2', own: false, text: '' },
      { mid: 'x', at: noon + 1, from: self, own: true, text: 'oops' },
    ];
    const rows = buildTimeline([message('a', '2', noon), message('b', '2', noon + 2)], recalled, self, null);
    expect(kinds(rows)).toEqual(['day', 'a', 'recalled', 'b', 'recalled']);
  });

  test('parts the members of a group, however soon one follows the other', () => {
    const rows = buildTimeline([message('a', '2', noon), message('b', '3', noon + 1)], [], self, null);
    expect(rows[1]).toMatchObject({ first: true, last: true });
    expect(rows[2]).toMatchObject({ first: true, last: true });
  });

  test('has notices and recalled messages where they happened', () => {
    const notice = { id: '7', timestamp: String(noon + 1), type: 'joined' } as GroupNoticeMeta;
    const recalled = [{ mid: 'x', at: noon + 2, from: '2', own: false, text: '' }];
    const messages = [message('a', '2', noon), message('b', '2', noon + 3)];
    const rows = buildTimeline(messages, recalled, self, null, undefined, [notice]);
    expect(kinds(rows)).toEqual(['day', 'a', 'notice', 'recalled', 'b']);
  });

  test('gives a message the same key before and after it was sent', () => {
    const sending = message('77', self, noon, { sending: 'sending', clientMid: '77' });
    const sent = message('500', self, noon, { clientMid: '77' });
    expect(buildTimeline([sending], [], self, null)[1]?.key).toBe(buildTimeline([sent], [], self, null)[1]?.key);
  });

  test('has what is on its way at its end, and keeps its row when it becomes a message', () => {
    const transfer = { kind: 'words', id: 4, uid: 2, at: noon + minute, text: 'soon' } as const;
    const before = buildTimeline([message('a', self, noon)], [], self, null, {
      transfers: [transfer],
      rowKeys: new Map(),
    });
    expect(before.map((row) => row.kind)).toEqual(['day', 'message', 'transfer']);
    expect(before[1]).toMatchObject({ first: true, last: false });
    expect(before[2]).toMatchObject({ first: false, last: true });
    const sending = message('77', self, noon + minute, { sending: 'sending', clientMid: '77' });
    const rowKeys = new Map([['77', before[2]?.key ?? '']]);
    const after = buildTimeline([message('a', self, noon), sending], [], self, null, { transfers: [], rowKeys });
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  });
});

test('the first unread message is counted from the newest of the other user', () => {
  const messages = [
    message('a', '2', noon),
    message('b', self, noon),
    message('c', '2', noon),
    message('d', '2', noon),
  ];
  expect(unreadBegin(messages, self, 0)).toEqual({ mid: null, beyond: 0 });
  expect(unreadBegin(messages, self, 2)).toEqual({ mid: 'c', beyond: 0 });
  expect(unreadBegin(messages, self, 99).mid).toBe('a');
});

test('unread messages that are not loaded are counted, and commands never', () => {
  const messages = [message('a', '2', noon), message('b', '2', noon, { type: 'command' }), message('c', '2', noon)];
  expect(unreadBegin(messages, self, 2)).toEqual({ mid: 'a', beyond: 0 });
  expect(unreadBegin(messages, self, 5)).toEqual({ mid: 'a', beyond: 3 });
  expect(unreadBegin([], self, 5)).toEqual({ mid: null, beyond: 5 });
});

test('those who come into a group together stand in one line, unless something was said between', () => {
  const joined = (id: string, at: number) =>
    ({ ...message(id, id, at), type: 'joined', groupId: 50, toUids: [] }) as unknown as GroupNoticeMeta;
  const notices = [
    joined('2', noon),
    joined('3', noon + 1000),
    joined('4', noon + 3000),
    joined('5', noon + 2 * minute),
  ];
  const rows = buildTimeline([message('a', '2', noon + 2000)], [], self, null, undefined, notices);
  const told = rows.map((row) => (row.kind === 'notice' ? [row.notice.id, ...row.more.map(({ id }) => id)] : row.kind));
  expect(told).toEqual(['day', ['2', '3'], 'message', ['4'], ['5']]);
});
