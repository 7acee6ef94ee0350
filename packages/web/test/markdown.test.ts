import { describe, expect, test } from 'vitest';
import { highlight } from '../src/message/markdown/highlight.ts';
import type { Block, Inline } from '../src/message/markdown/markdown-blocks.ts';
import { plainWords } from '../src/message/markdown/plain-words.ts';
import { readMarkdown } from '../src/message/markdown/read-markdown.ts';

const words = (inlines: readonly Inline[]): string =>
  inlines
    .map((one) => {
      if (one.kind === 'break') return '\n';
      return 'children' in one ? words(one.children) : one.text;
    })
    .join('');

function line(text: string): Inline[] {
  const [first] = readMarkdown(text);
  if (first?.kind !== 'paragraph') throw new Error(`not a paragraph: ${first?.kind}`);
  return first.children;
}

const kinds = (blocks: readonly Block[]) => blocks.map(({ kind }) => kind);

function depth(blocks: readonly Block[]): number {
  const below = blocks.flatMap((block) => {
    if (block.kind === 'quote') return [block.blocks];
    return block.kind === 'list' ? block.items.map((item) => item.blocks) : [];
  });
  return 1 + Math.max(0, ...below.map(depth));
}

describe('markdown', () => {
  test('has the blocks that its writer meant', () => {
    const text =
      '# A\n\nwords\n\n- one\n- two\n\n> said\n\n```ts\nlet a;\n```\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n---';
    expect(kinds(readMarkdown(text))).toEqual(['heading', 'paragraph', 'list', 'quote', 'code', 'table', 'rule']);
  });

  test('keeps what is code as it was written', () => {
    expect(line('`a < b && **c**`')).toEqual([{ kind: 'code', text: 'a < b && **c**' }]);
    expect(line('`` a`b ``')).toEqual([{ kind: 'code', text: 'a`b' }]);
    expect(readMarkdown('```c++\n<b>\n```')).toEqual([{ kind: 'code', text: '<b>', language: 'c++' }]);
  });

  test('shows code whose end has not come yet', () => {
    expect(readMarkdown('So:\n```js\nlet a = 1;\nlet')).toEqual([
      { kind: 'paragraph', children: [{ kind: 'text', text: 'So:' }] },
      { kind: 'code', text: 'let a = 1;\nlet', language: 'js' },
    ]);
    expect(words(line('half **bol'))).toBe('half **bol');
  });

  test('knows what is done of a list of tasks, and where a list begins', () => {
    const [list] = readMarkdown('3. [x] a\n4. [ ] b');
    expect(list).toMatchObject({ kind: 'list', start: 3, items: [{ done: true }, { done: false }] });
  });

  test('takes HTML for words', () => {
    const text = '<img src=x onerror=alert(1)> <b>a</b> &amp; <script>alert(1)</script>';
    expect(line(text)).toEqual([{ kind: 'text', text }]);
    const block = readMarkdown('<div onclick="x">\nhi\n</div>');
    expect(block.map((one) => ('children' in one ? words(one.children) : one.kind))).toEqual([
      '<div onclick="x">\nhi',
      '</div>',
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/x',
    '/contacts/1',
    '//evil.example',
    '#top',
  ])('follows no link to %s', (href) => {
    for (const text of [`[go](${href})`, `[go](<${href}>)`, `![go](${href})`, `<${href}>`]) {
      expect(JSON.stringify(readMarkdown(text)), text).not.toContain('"link"');
      expect(words(line(text)), text).toBe(text);
    }
  });

  test('follows links to the web and to mail, with their words', () => {
    expect(line('[**a**](https://a.example/?x=1&y="2")')).toEqual([
      {
        kind: 'link',
        href: 'https://a.example/?x=1&y=%222%22',
        children: [{ kind: 'strong', children: [{ kind: 'text', text: 'a' }] }],
      },
    ]);
    expect(line('[mail](mailto:a@b.example)')).toMatchObject([{ kind: 'link', href: 'mailto:a@b.example' }]);
    expect(line('<https://a.example>')).toMatchObject([{ kind: 'link', href: 'https://a.example/' }]);
  });

  test('makes a link of a picture, which would tell another server who reads', () => {
    expect(line('![a cat](https://a.example/cat.png)')).toEqual([
      { kind: 'link', href: 'https://a.example/cat.png', children: [{ kind: 'text', text: 'a cat' }] },
    ]);
  });

  test('takes tildes that are no marks for words', () => {
    expect(line('好的~谢谢~')).toEqual([{ kind: 'text', text: '好的~谢谢~' }]);
    expect(line('~~gone~~')).toMatchObject([{ kind: 'del' }]);
  });

  test('takes what has more spaces than anybody writes for words: reading it would take seconds', () => {
    const spaced = (n: number) => line(`[a](${' '.repeat(n)}https://a.example/)`);
    expect(spaced(3)).toMatchObject([{ kind: 'link' }]);
    expect(spaced(300)).toMatchObject([{ kind: 'text' }]);
  });

  test('is bounded in depth', () => {
    for (const text of [
      '> '.repeat(2000),
      '- '.repeat(2000),
      Array.from({ length: 100 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n'),
    ]) {
      expect(depth(readMarkdown(`${text}deep`))).toBeLessThan(12);
    }
  });

  test.each([
    ['emphasis', '*a '.repeat(5400)],
    ['strong and emphasis', '**a *b '.repeat(2300)],
    ['brackets', '['.repeat(16_000)],
    ['links', '[a]('.repeat(4000)],
    ['code', '`a``b```'.repeat(2000)],
    ['tags', '<a '.repeat(5400)],
    ['quotes', '>'.repeat(16_000)],
    ['lists', '- '.repeat(8000)],
    ['a wide table', `${'|a'.repeat(2000)}\n${'|-'.repeat(2000)}\n${'|\n'.repeat(4000)}`],
    ['a long table', `a|b|c|d\n-|-|-|-\n${'|\n'.repeat(8000)}`],
    ['many tables', 'a|b\n-|-\n'.repeat(2000)],
    ['spaces', `a${' '.repeat(16_000)}b`],
    ['backslashes', '\\'.repeat(16_000)],
    ['many paragraphs of marks', `${'*a '.repeat(249)}\n\n`.repeat(20)],
  ])('does not stop the page with %s', (_, text) => {
    const before = performance.now();
    const blocks = readMarkdown(text.slice(0, 16_384));
    // It takes some ten ms; unbounded, each of them takes seconds or never ends.
    expect(performance.now() - before).toBeLessThan(2000);
    expect(blocks.length).toBeGreaterThan(0);
    expect(JSON.stringify(blocks).length).toBeLessThan(2_000_000);
  });

  test('leaves what is longer than a message as it is', () => {
    expect(kinds(readMarkdown(`# a${' b'.repeat(9000)}`))).toEqual(['paragraph']);
  });
});

test('code has colours in languages that are known', () => {
  const pieces = highlight('const a = "x";', 'TS') ?? [];
  expect(pieces.map(({ text }) => text).join('')).toBe('const a = "x";');
  expect(pieces.find(({ text }) => text === 'const')?.look).toContain('hljs-keyword');
  expect(highlight('const a', 'no-such-language')).toBeNull();
  expect(highlight('const a', '')).toBeNull();
});

test.each([
  ['# Plan\n\nSome **bold** and *soft* words', 'Plan Some bold and soft words'],
  ['- [x] done\n- [ ] open', 'done open'],
  ['1. one\n2. two', 'one two'],
  ['> quoted `code`', 'quoted code'],
  ['see [the page](https://a.example/x) ![pic](https://a.example/y.png)', 'see the page pic'],
  ['```js\nlet a = 1;\n```', 'let a = 1;'],
  ['| a | b |\n|---|---|\n| 1 | 2 |', '| a | b | | 1 | 2 |'],
  ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
  ['-5 degrees', '-5 degrees'],
])('%j is %j in one line', (text, expected) => {
  expect(plainWords(text)).toBe(expected);
});
