import { describe, expect, test } from 'vitest';
import { fromFirstFound, hasWords, markFound, search, searchable } from '../src/conversation/search.ts';

const all = [
  searchable('lunch', ['Carol'], 'Shall we meet Anna for lunch?'),
  searchable('joanna', ['Joanna'], 'Bye'),
  searchable('ann', ['Anna Müller', 'anna'], 'Hello there'),
  searchable('smith', ['Mary Anna Smith', 'mas'], 'Agenda for Monday'),
  searchable('王', ['王小明', 'xiaoming'], '明天见'),
];

test('names come before words of messages, and what begins with it before what has it inside', () => {
  expect(search(all, 'anna')).toEqual(['ann', 'smith', 'joanna', 'lunch']);
});

test('case, accents and full width make no difference', () => {
  expect(search(all, 'MULLER')).toEqual(['ann']);
  expect(search(all, 'müller')).toEqual(['ann']);
  expect(search(all, 'ｍｕｌｌｅｒ')).toEqual(['ann']);
});

test('every word has to be found, in the name or in the message', () => {
  expect(search(all, 'smith monday')).toEqual(['smith']);
  expect(search(all, 'smith friday')).toEqual([]);
});

test('two Chinese characters find a name and a message', () => {
  expect(search(all, '小明')).toEqual(['王']);
  expect(search(all, '明天')).toEqual(['王']);
});

test('what is equally good keeps the order of the list', () => {
  const same = ['c', 'a', 'b'].map((item) => searchable(item, ['Team'], ''));
  expect(search(same, 'team')).toEqual(['c', 'a', 'b']);
});

test('a question with the signs of a pattern is only text', () => {
  expect(search([searchable('one', ['a.*b (c'], '')], '.* (')).toEqual(['one']);
  expect(search(all, '.*')).toEqual([]);
});

const marked = (text: string, question: string): string =>
  markFound(text, question)
    .map((part) => (part.hit ? `[${part.text}]` : part.text))
    .join('');

test('what was searched for is marked in the text as it stands there', () => {
  expect(marked('Anna Müller', 'mul')).toBe('Anna [Mül]ler');
  expect(marked('Mary Anna Smith', 'ann smith')).toBe('Mary [Ann]a [Smith]');
  expect(marked('王小明', '小明')).toBe('王[小明]');
  expect(marked('ﬁne 👋 day', 'day')).toBe('ﬁne 👋 [day]');
  expect(marked('Carol', 'bob')).toBe('Carol');
});

test('a message is found by all words of the question, wherever they stand', () => {
  expect(hasWords('The slides are ready', 'READY slides')).toBe(true);
  expect(hasWords('The slides are ready', 'ready monday')).toBe(false);
});

describe('a line of what was found', () => {
  const line = (text: string, question: string) =>
    fromFirstFound(markFound(text, question))
      .map((part) => part.text)
      .join('');

  test('begins shortly before the word when that would be cut off', () => {
    expect(line('This is why I would start with search.', 'search')).toBe('…I would start with search.');
    expect(line('我们下周二上午十点在老地方讨论搜索的事，大家都来吧', '搜索')).toBe(
      '…在老地方讨论搜索的事，大家都来吧',
    );
  });

  test('is whole when the word is in sight, or is not there', () => {
    expect(line('Shall we have lunch on Friday?', 'lunch')).toBe('Shall we have lunch on Friday?');
    expect(line('This is why I would start with it.', 'search')).toBe('This is why I would start with it.');
  });
});
