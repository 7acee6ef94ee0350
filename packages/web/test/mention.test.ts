import { describe, expect, test } from 'vitest';
import { isChosenAt, mentionedIn, standing } from '../src/message/composer/mention.ts';

const ann = { uid: 1, name: 'Ann' };
const anna = { uid: 2, name: 'Anna Bell' };
const other = { uid: 3, name: 'Ann' };
const zhang = { uid: 4, name: '张伟' };
const all = { uid: 0, name: 'Everybody' };

describe('who is mentioned by a text', () => {
  test('is whoever was chosen and whose name still stands in it', () => {
    expect(mentionedIn('Hi @Ann and @张伟你好', [ann, anna, zhang])).toEqual({ mentions: [1, 4], mentionAll: false });
    expect(mentionedIn('Hi Ann', [ann])).toEqual({ mentions: [], mentionAll: false });
  });

  test('is not somebody whose name is only the beginning of another word', () => {
    expect(mentionedIn('@Annabel', [ann]).mentions).toEqual([]);
    expect(mentionedIn('@Ann, @Ann_2', [ann]).mentions).toEqual([1]);
  });

  test('is the longer of two names that begin alike', () => {
    expect(mentionedIn('@Anna Bell', [{ uid: 5, name: 'Anna' }, anna]).mentions).toEqual([2]);
    expect(mentionedIn('@Anna, @Anna Bell', [{ uid: 5, name: 'Anna' }, anna]).mentions).toEqual([5, 2]);
  });

  test('is as many of one name as it stands there', () => {
    expect(mentionedIn('@Ann', [ann, other]).mentions).toEqual([1]);
    expect(mentionedIn('@Ann @Ann', [ann, other]).mentions).toEqual([1, 3]);
  });

  test('names nobody twice', () => {
    expect(mentionedIn('@Ann @Ann', [ann]).mentions).toEqual([1]);
  });

  test('may be everybody, beside some by name', () => {
    expect(mentionedIn('@Everybody @Ann', [all, ann])).toEqual({ mentions: [1], mentionAll: true });
  });

  test('takes names as they are, not as patterns', () => {
    expect(mentionedIn('@a.b', [{ uid: 6, name: 'a+b' }]).mentions).toEqual([]);
    expect(mentionedIn('@(^_^)', [{ uid: 7, name: '(^_^)' }]).mentions).toEqual([7]);
  });
});

test('an @ before a chosen name is done with, another is not', () => {
  expect(isChosenAt('@Ann and @An', 0, [ann])).toBe(true);
  expect(isChosenAt('@Ann and @An', 9, [ann])).toBe(false);
  expect(standing('', [ann])).toEqual([]);
});
