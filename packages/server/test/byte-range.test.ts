import { describe, expect, it } from 'vitest';
import { hasAlready, isSameFile, readRange } from '../src/file/byte-range.ts';

describe('a part of 100 bytes', () => {
  it.each<[header: string | undefined, expected: ReturnType<typeof readRange>]>([
    [undefined, undefined],
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=99-99', { start: 99, end: 99 }],
    ['bytes=-1', { start: 99, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=50-5000', { start: 50, end: 99 }],
    [`bytes=0-${'9'.repeat(400)}`, { start: 0, end: 99 }],
    ['BYTES=0-0 ', { start: 0, end: 0 }],
    ['bytes=100-', 'beyond'],
    ['bytes=100-200', 'beyond'],
    ['bytes=-0', 'beyond'],
    [`bytes=${'9'.repeat(400)}-`, 'beyond'],
    ['bytes=9-5', undefined],
    ['bytes=-', undefined],
    ['bytes=', undefined],
    ['bytes=0-9,20-29', undefined],
    ['bytes=a-b', undefined],
    ['bytes=1.5-3', undefined],
    ['bytes=--5', undefined],
    ['lines=0-9', undefined],
    ['', undefined],
  ])('of %j is %j', (header, expected) => {
    expect(readRange(header, 100)).toEqual(expected);
  });
});

describe('who has it already', () => {
  it.each<[header: string | undefined, expected: boolean]>([
    [undefined, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    ['', false],
  ])('says so by %j: %j', (header, expected) => {
    expect(hasAlready(header, '"a"')).toBe(expected);
    expect(hasAlready(header, 'W/"a"')).toBe(expected);
  });
});

describe('who goes on with a file', () => {
  it.each<[header: string, etag: string, expected: boolean]>([
    ['', '"a"', true],
    ['"a"', '"a"', true],
    ['"b"', '"a"', false],
    ['W/"a"', '"a"', false],
    ['W/"a"', 'W/"a"', false],
    ['Wed, 21 Oct 2015 07:28:00 GMT', '"a"', false],
  ])('and says it is %j gets a part of %j: %j', (header, etag, expected) => {
    expect(isSameFile(header, etag)).toBe(expected);
  });
});
