import { describe, expect, test } from 'vitest';
import { isOnlyEmoji } from '../src/message/only-emoji.ts';
import { isLong } from '../src/message/text-length.ts';
import { readMentions, textParts } from '../src/message/text-parts.ts';

const ann = { uid: 1, names: ['Ann'] };
const anna = { uid: 2, names: ['Anna Lee', 'anna'] };
const mei = { uid: 3, names: ['小美'] };
const all = { uid: 0, names: ['everybody', '所有人'] };

const mentions = (text: string, ...mentioned: { uid: number; names: string[] }[]) =>
  textParts(text, mentioned).flatMap((part) => (part.kind === 'mention' ? [[part.text, part.uid]] : []));

describe('a mention in a text', () => {
  test('is the name of who is mentioned, the longest of them', () => {
    expect(mentions('@Anna Lee and @Ann!', ann, anna)).toEqual([
      ['@Anna Lee', 2],
      ['@Ann', 1],
    ]);
    expect(mentions('hi @anna.', anna)).toEqual([['@anna', 2]]);
  });

  test('is whole: the beginning of another name is none', () => {
    expect(mentions('@Annabel @Ann', ann)).toEqual([['@Ann', 1]]);
  });

  test('needs no space after it where words have none', () => {
    expect(mentions('@小美你好，@所有人看一下', mei, all)).toEqual([
      ['@小美', 3],
      ['@所有人', 0],
    ]);
  });

  test('is of those only whom the message mentions, and never within an address', () => {
    expect(mentions('@Ann @Bob')).toEqual([]);
    expect(mentions('https://a.example/@Ann', ann)).toEqual([]);
  });

  test('stands where a client wrote a number for it', () => {
    expect(mentions('@{2}, {1} and {99}', ann, anna)).toEqual([
      ['@Anna Lee', 2],
      ['Ann', 1],
    ]);
    expect(
      textParts('{1} {99}', [ann])
        .map((part) => part.text)
        .join(''),
    ).toBe('Ann {99}');
  });

  test('may call somebody as only its writer does', () => {
    expect(mentions('@Nan, look', ann)).toEqual([['@Nan', 1]]);
    // Who is meant by which name nobody knows.
    expect(mentions('@Nan and @Nina, look', ann)).toEqual([]);
    expect(mentions('nan@example.org', ann)).toEqual([]);
    expect(mentions('@Ann, https://a.example/ has an @param', ann)).toEqual([['@Ann', 1]]);
    expect(textParts('an @param', [ann], false)).toEqual([{ kind: 'text', text: 'an @param' }]);
  });

  test('keeps the rest of the text, and the links', () => {
    const text = 'a @Ann https://a.example/ b';
    const parts = textParts(text, [ann]);
    expect(parts.map((part) => part.kind)).toEqual(['text', 'mention', 'text', 'link', 'text']);
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });
});

test.each([
  [{ mentionList: [1, '2', 2, -1, 'x', 1.5, null] }, { uids: [1, 2], all: false }],
  [{ mentionAll: true }, { uids: [], all: true }],
  [
    { mentionAll: 'yes', mentionList: 'x' },
    { uids: [], all: false },
  ],
  ['no json', { uids: [], all: false }],
  [null, { uids: [], all: false }],
])('of the config %j the mentions are %j', (config, expected) => {
  expect(readMentions(config)).toEqual(expected);
});

test('a message that mentions more people than anybody reads is read up to a bound', () => {
  const mentionList = Array.from({ length: 100_000 }, (_, i) => i + 1);
  expect(readMentions({ mentionList }).uids).toHaveLength(100);
});

test('a text full of signs does not stop the page', () => {
  const crowd = Array.from({ length: 100 }, (_, i) => ({ uid: i + 1, names: [`Ann ${i}`, `ann${i}`, 'Ann'] }));
  for (const text of ['@', '@Ann ', '@{1}', '{1}@', 'https://a.example/ @', 'www.', 'http://a)'.padEnd(40, ')')]) {
    const before = performance.now();
    textParts(text.repeat(16_384 / text.length), crowd);
    expect(performance.now() - before).toBeLessThan(2000);
  }
});

test.each([
  ['👍', true],
  ['👩‍👩‍👧 🇨🇳 🏳️‍🌈', true],
  ['👍👍👍👍', false],
  ['👍 ok', false],
  ['12', false],
  ['', false],
])('%s alone is large: %s', (text, expected) => {
  expect(isOnlyEmoji(text)).toBe(expected);
});

test('a text is long by the lines that it takes, whose letters are not all equally wide', () => {
  expect(isLong('a\n'.repeat(23), 60)).toBe(false);
  expect(isLong('a\n'.repeat(30), 60)).toBe(true);
  expect(isLong('a'.repeat(60 * 24), 60)).toBe(false);
  expect(isLong('字'.repeat(60 * 24), 60)).toBe(true);
});
