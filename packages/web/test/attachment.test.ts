import { beforeAll, describe, expect, test, vi } from 'vitest';
import { fileSize, playTime, readAttachment, shownName, writeAttachment } from '../src/message/attachment.ts';

beforeAll(() => void vi.stubGlobal('location', { origin: 'https://chat.example' }));

test('reads what clients of all kinds write', () => {
  expect(readAttachment('{"dName":"a.pdf","fLen":"2048","url":"https://x.example/a"}')).toMatchObject({
    name: 'a.pdf',
    bytes: 2048,
    url: 'https://x.example/a',
  });
  expect(readAttachment({ lat: 30.2, lon: 120.1, addr: 'West Lake' })).toMatchObject({
    latitude: 30.2,
    place: 'West Lake',
  });
  expect(readAttachment({ url: '/file/download/1' }).url).toBe('https://chat.example/file/download/1');
});

test.each([
  '',
  'no json',
  'null',
  '[]',
  '42',
  '{"url":"javascript:alert(1)"}',
  '{"url":"data:text/html,x"}',
  '{"url":{}}',
])('follows nothing in %s', (attach) => {
  expect(readAttachment(attach).url).toBeUndefined();
});

test('sizes and times are short', () => {
  expect([0, 900, 2048, 2_481_000, 3e9].map(fileSize)).toEqual(['0 B', '900 B', '2.0 KB', '2.4 MB', '2.8 GB']);
  expect([5, 83].map(playTime)).toEqual(['0:05', '1:23']);
});

test('believes no size that is none, and none beyond reason', () => {
  expect(readAttachment({ width: -5, height: 'NaN', fLen: -1, duration: -3 })).toMatchObject({
    width: undefined,
    height: undefined,
    bytes: undefined,
    seconds: undefined,
  });
  expect(readAttachment({ width: 1e12, height: 0.2 })).toMatchObject({ width: 100_000, height: 1 });
});

test('a name says what the file is: nothing in it turns the direction or breaks the line', () => {
  expect(shownName('holiday\u202Egpj.exe')).toBe('holidaygpj.exe');
  expect(shownName('a\nb\u0000c\u2066.txt')).toBe('abc.txt');
  expect(shownName('家庭 عائلة.pdf')).toBe('家庭 عائلة.pdf');
  expect(shownName('x'.repeat(10_000))).toHaveLength(255);
  expect(readAttachment({ dName: '\u202E' }).name).toBeUndefined();
});

describe('what a message says of its file', () => {
  const file = {
    url: 'https://chat.example/file/download/chat?file_sign=x',
    name: 'a.jpg',
    type: 'image/jpeg',
    size: 9,
  };

  test('is read again as it was written', () => {
    const written = writeAttachment({ ...file, width: 40, height: 30, placeholder: 'abc' }, { width: 1, height: 1 });
    expect(written).toEqual({ url: file.url, dName: 'a.jpg', fLen: 9, width: 40, height: 30, placeholder: 'abc' });
    expect(readAttachment(JSON.stringify(written))).toMatchObject({ name: 'a.jpg', bytes: 9, width: 40, height: 30 });
  });

  test('is what the sender saw where the server knows nothing', () => {
    const seen = { width: 640, height: 480, seconds: 0.4, placeholder: 'xyz' };
    expect(writeAttachment(file, seen)).toMatchObject({ width: 640, height: 480, duration: 1, placeholder: 'xyz' });
    expect(Object.keys(writeAttachment(file))).toEqual(['url', 'dName', 'fLen']);
  });
});
