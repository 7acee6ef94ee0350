import { expect, test } from 'vitest';
import { applyEdit, OperationType } from '../src/index.ts';

const { APPEND, REPLACE } = OperationType;
const held = { content: 'one', config: '{"a":{"b":1,"c":[1,2]}}', ext: 'plain' };
const none = { content: '', config: '', ext: '' };

test('APPEND adds to the content, REPLACE puts another in its place, an empty one changes nothing', () => {
  expect(applyEdit(held, APPEND, { ...none, content: ' two' })).toEqual({ ...held, content: 'one two' });
  expect(applyEdit(held, REPLACE, { ...none, content: 'two' })).toEqual({ ...held, content: 'two' });
  expect(applyEdit(held, REPLACE, none)).toEqual(held);
});

test('the word null is content like any other, and none in config and ext', () => {
  expect(applyEdit(held, APPEND, { content: 'null', config: 'null', ext: 'null' })).toEqual({
    ...held,
    content: 'onenull',
  });
});

test('JSON objects are merged deeply, all else is replaced', () => {
  const { config, ext } = applyEdit(held, APPEND, {
    ...none,
    config: '{"a":{"c":[3],"d":null},"e":2}',
    ext: '{"x":1}',
  });
  expect(JSON.parse(config)).toEqual({ a: { b: 1, c: [3], d: null }, e: 2 });
  expect(ext).toBe('{"x":1}');
  expect(applyEdit(held, APPEND, { ...none, config: '[1]' }).config).toBe('[1]');
});

test('no key reaches the prototype', () => {
  const before = { ...none, ext: '{"__proto__":{"a":1}}' };
  expect(applyEdit(before, APPEND, { ...none, ext: '{"__proto__":{"b":2}}' }).ext).toBe('{"__proto__":{"a":1,"b":2}}');
  expect(({} as { b?: number }).b).toBeUndefined();
});
