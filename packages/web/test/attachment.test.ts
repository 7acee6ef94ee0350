import { beforeAll, expect, test, vi } from 'vitest';
import { fileSize, playTime, readAttachment } from '../src/message/attachment.ts';

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
