import {
  Command,
  encodeFrame,
  encodeMessageBody,
  encodeProvision,
  encodeSyncUL,
  MessageType,
  Namespace,
  Vsn,
} from '@flooim/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { playTexts as en } from '../src/i18n/en/play.ts';
import { playTexts as zhCN } from '../src/i18n/zh-CN/play.ts';
import { codeLine } from '../src/play/code-line.ts';
import { readFrame } from '../src/play/decode-frame.ts';
import { emptyGiven, readArguments, WrongField } from '../src/play/form-values.ts';
import { clearLog, filterText, isPaused, mostEntries, note, shownEntries, wanted } from '../src/play/log.ts';
import { masked } from '../src/play/masked.ts';
import type { Field, Method } from '../src/play/reference.ts';

const field = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  kind,
  doc: '',
  type: '',
  optional: false,
  ...more,
});
const listener = () => {};
const message = field('msg', 'fields', {
  fields: [
    field('uid', 'id'),
    field('content', 'text', { optional: true }),
    field('ext', 'textOrJson', { optional: true }),
    field('user_list', 'json', { optional: true, example: '[10001]' }),
    field('read', 'boolean', { optional: true }),
  ],
});

const given = (texts: Record<string, string>) => {
  const all = emptyGiven(message);
  for (const [name, text] of Object.entries(texts)) (all.fields ?? {})[name] = { text };
  return all;
};

function wrongOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error instanceof WrongField ? error.wrong : error;
  }
  return undefined;
}

describe('what a form gives a call', () => {
  test('is typed, and leaves out what was left empty', () => {
    const typed = given({ uid: '10002', ext: '{"a":1}', user_list: '[1,2]', read: 'false' });
    expect(readArguments([message], [typed], listener)).toEqual([
      { uid: 10002, ext: { a: 1 }, user_list: [1, 2], read: false },
    ]);
    expect(readArguments([message], [given({ uid: '90071992547409931', ext: 'words' })], listener)).toEqual([
      { uid: '90071992547409931', ext: 'words' },
    ]);
  });

  test('ends before the parameters that were left out, and keeps those in front of one that was not', () => {
    const params = [
      field('id', 'number'),
      field('sid', 'number', { optional: true }),
      field('n', 'number', { optional: true }),
    ];
    const texts = (...all: string[]) => all.map((text) => ({ text }));
    expect(readArguments(params, texts('1', '', ''), listener)).toEqual([1]);
    expect(readArguments(params, texts('1', '', '3'), listener)).toEqual([1, undefined, 3]);
  });

  test('is refused with the path of the field that is wrong', () => {
    expect(wrongOf(() => readArguments([message], [given({})], listener))).toMatchObject({
      name: 'msg.uid',
      reason: 'missing',
    });
    const list = given({ uid: '1', user_list: '[1,' });
    expect(wrongOf(() => readArguments([message], [list], listener))).toMatchObject({
      name: 'msg.user_list',
      reason: 'wrongJson',
    });
    const number = [field('n', 'number')];
    expect(wrongOf(() => readArguments(number, [{ text: 'ten' }], listener))).toMatchObject({
      name: 'n',
      reason: 'wrongNumber',
    });
  });
});

describe('the line of code', () => {
  const method = { name: 'login', returns: { type: 'Promise<void>', fields: [] } } as unknown as Method;

  test('is what an application would write', () => {
    const line = codeLine('sysManage', method, [{ uid: 1, 'a-b': "it's", list: [1, 'two'] }, true]);
    expect(line).toBe("await im.sysManage.login({ uid: 1, 'a-b': 'it\\'s', list: [1, 'two'] }, true);");
  });

  test('holds no password', () => {
    expect(codeLine('im', method, [{ name: 'alice', password: 'hunter22' }])).toBe(
      "await im.login({ name: 'alice', password: '…' });",
    );
  });
});

describe('the log', () => {
  beforeEach(() => {
    clearLog();
    filterText.value = '';
    isPaused.value = false;
    wanted.value = { event: true, frame: true, rest: true };
  });

  test('keeps the last entries, the newest first', () => {
    for (let i = 0; i < mostEntries + 20; i++) note({ kind: 'event', title: String(i), detail: i });
    expect(shownEntries.value.length).toBe(mostEntries);
    expect(shownEntries.value[0]?.title).toBe(String(mostEntries + 19));
  });

  test('is filtered by kind and by what is in it, and takes nothing while it is paused', () => {
    note({ kind: 'event', title: 'onRosterMessage', detail: { content: 'hello' } });
    note({ kind: 'frame', title: 'SYNC', detail: { content: 'hello' } });
    isPaused.value = true;
    note({ kind: 'event', title: 'lost', detail: 'hello' });
    filterText.value = 'HELLO';
    expect(shownEntries.value.map(({ title }) => title)).toEqual(['SYNC', 'onRosterMessage']);
    wanted.value = { ...wanted.value, frame: false };
    expect(shownEntries.value.map(({ title }) => title)).toEqual(['onRosterMessage']);
  });

  test('masks what lets somebody in, wherever it is', () => {
    const shown = JSON.stringify(
      masked({
        password: 'p1',
        data: { store_token: 't1', access_key_secret: 's1', list: [{ token: 't2' }] },
        url: '/f?access-token=t3&x=1',
      }),
    );
    expect(shown).not.toMatch(/p1|t1|s1|t2|t3/);
    expect(shown).toContain('x=1');
  });
});

describe('a frame', () => {
  const frame = (command: Command, payload: Uint8Array) => encodeFrame({ vsn: Vsn.V2, command, payload }).slice();

  test('is read with names for its numbers and the message in it', () => {
    const payload = encodeMessageBody({ type: MessageType.CHAT, content: 'hi' }).slice();
    const meta = { id: 7, to: { uid: 10002, deviceSN: 0 }, ns: Namespace.MESSAGE, payload };
    const sync = encodeSyncUL({ xid: { uid: 10002, deviceSN: 0 }, meta }).slice();
    expect(readFrame(frame(Command.SYNC, sync), 'sent')).toEqual({
      title: 'SYNC MESSAGE',
      fields: expect.objectContaining({
        xid: 10002,
        meta: { ns: 'MESSAGE', id: 7, to: 10002, payload: { type: 'CHAT', content: 'hi' } },
      }),
    });
  });

  test('of a login is masked in the log', () => {
    const { title, fields } = readFrame(frame(Command.PROVISION, encodeProvision({ token: 'atoken' }).slice()), 'sent');
    expect(title).toBe('PROVISION');
    expect(JSON.stringify(masked(fields))).not.toContain('atoken');
  });

  test('that is none is said to be unreadable', () => {
    expect(readFrame(new Uint8Array([255, 255, 255]), 'received').title).toBe('unreadable');
  });
});

test('the page has the same texts in both languages', () => {
  expect(Object.keys(zhCN)).toEqual(Object.keys(en));
  const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(en) as (keyof typeof en)[]) expect(gaps(zhCN[key]), key).toEqual(gaps(en[key]));
});
