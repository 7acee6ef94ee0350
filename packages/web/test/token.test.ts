import { describe, expect, test } from 'vitest';
import { fitting } from '../src/message/composer/suggestion.ts';
import { tokenAt } from '../src/message/composer/token.ts';

const at = (text: string, caret = text.length) => tokenAt(text, caret, '@')?.query;

describe('what is typed after a sign', () => {
  test('begins where a word begins', () => {
    expect(at('@')).toBe('');
    expect(at('Hi @an')).toBe('an');
    expect(at('(@an')).toBe('an');
    expect(at('你好@张')).toBe('张');
    expect(at('first\n@an')).toBe('an');
  });

  test('is not part of an address', () => {
    expect(at('mail ann@example.com')).toBeUndefined();
    expect(at('a.b+c@d')).toBeUndefined();
  });

  test('ends at the caret, and has no line break and no space in front', () => {
    expect(tokenAt('Hi @anna', 6, '@')).toEqual({ start: 3, end: 6, query: 'an' });
    expect(at('Hi @anna', 3)).toBeUndefined();
    expect(at('@ an')).toBeUndefined();
    expect(at('@an\n')).toBeUndefined();
    expect(at('@Anna Be')).toBe('Anna Be');
  });

  test('is no sentence', () => {
    expect(at(`@${'word '.repeat(20)}`)).toBeUndefined();
  });
});

describe('what fits a query', () => {
  const people = [
    { words: ['zoe anders', 'zoe'] },
    { words: ['bob', 'andy99'] },
    { words: ['andrea', '7'] },
    { words: ['张小伟', 'zhang'] },
    { words: ['joanna'] },
  ];
  const names = (query: string) => fitting(people, query).map(({ words }) => words[0]);

  test('comes with the best first: names that begin so, then words that do, then parts', () => {
    expect(names('an')).toEqual(['andrea', 'zoe anders', 'bob', '张小伟', 'joanna']);
  });

  test('is found by a part of a Chinese name, by a login, by an id', () => {
    expect(names('小伟')).toEqual(['张小伟']);
    expect(names('ANDY')).toEqual(['bob']);
    expect(names('7')).toEqual(['andrea']);
    expect(names('nobody')).toEqual([]);
  });

  test('is everything, in its order, for an empty query, but never more than can be looked through', () => {
    expect(names('')[0]).toBe('zoe anders');
    const many = Array.from({ length: 2000 }, (_, i) => ({ words: [`member ${i}`] }));
    expect(fitting(many, '')).toHaveLength(40);
    expect(fitting(many, 'member 19')).toHaveLength(40);
  });
});
