import { describe, expect, test } from 'vitest';
import { linkParts } from '../src/message/link-text.ts';

const links = (text: string) => linkParts(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

describe('links in a text', () => {
  test.each([
    ['see https://example.org/a?b=1.', ['https://example.org/a?b=1']],
    ['(https://example.org/a)', ['https://example.org/a']],
    ['https://en.wikipedia.org/wiki/Foo_(bar)', ['https://en.wikipedia.org/wiki/Foo_(bar)']],
    ['看https://example.org/图片吧', ['https://example.org/']],
    ['地址：http://example.org，谢谢', ['http://example.org']],
    ['www.example.org and http://b.example', ['https://www.example.org', 'http://b.example']],
    ['Https://example.org HTTP://b.example', ['Https://example.org', 'HTTP://b.example']],
    ['javascript:alert(1) data:text/html,x ftp://x', []],
    ['https://', []],
    ['nothing here', []],
  ])('%s', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  test('the parts together are the text', () => {
    const text = 'a https://example.org, b\n<script>alert(1)</script> www.x.example! c';
    expect(
      linkParts(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
