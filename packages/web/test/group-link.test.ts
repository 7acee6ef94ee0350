import { describe, expect, test, vi } from 'vitest';

/** The links as a page has them that was opened at this address. */
async function linksAt(address: string) {
  vi.resetModules();
  vi.stubGlobal('location', new URL(address));
  vi.stubGlobal('document', { querySelector: () => ({ content: 'flooim' }) });
  return import('../src/group/group-link.ts');
}

const { groupIdIn, groupLink, personLink, readScanned } = await linksAt('https://chat.example/contacts');

const read = (text: string) => readScanned(text, 'https://chat.example');

describe('what a scanned code means', () => {
  test('a link made here leads to its page', () => {
    expect(read(groupLink(42))).toEqual({ kind: 'group', path: '/join/42' });
    expect(read(personLink(7))).toEqual({ kind: 'person', path: '/contacts/7' });
    expect(read(' https://chat.example/join/42/ \n')).toEqual({ kind: 'group', path: '/join/42' });
  });

  test('a login code leads to the page that asks before it lets anybody in', () => {
    const text = 'https://chat.example/#/login-code/aB-9_x';
    expect(read(text)).toEqual({ kind: 'loginCode', path: '/login-code/aB-9_x' });
  });

  test.each([
    'https://evil.example/join/42',
    'https://chat.example.evil.example/join/42',
    'https://chat.example:8443/join/42',
    'http://chat.example/join/42',
    'https://chat.example@evil.example/join/42',
    'https://chat.example/settings',
    'https://chat.example/join/0',
    'https://chat.example/join/042',
    'https://chat.example/join/12345678901234567890',
    'https://chat.example/join/42/more',
    'https://chat.example/join/42?appid=other',
    'https://chat.example/join/42#/login-code/x',
    'https://chat.example/contacts/add',
    'javascript:alert(1)',
    '/join/42',
    '42',
    '',
  ])('%j is text and nothing more', (text) => {
    expect(read(text)).toEqual({ kind: 'other', text });
  });
});

describe('in another app than the page’s own', () => {
  test('links name the app, and those of other apps lead nowhere', async () => {
    const links = await linksAt('https://chat.example/?appid=my%20shop');
    expect(links.groupLink(42)).toBe('https://chat.example/join/42?appid=my%20shop');
    expect(links.readScanned(links.personLink(7))).toEqual({ kind: 'person', path: '/contacts/7' });
    expect(links.groupIdIn(links.groupLink(42))).toBe(42);
    for (const text of ['https://chat.example/join/42', 'https://chat.example/join/42?appid=other'])
      expect(links.readScanned(text)).toEqual({ kind: 'other', text });
  });
});

describe('what somebody types to find a group', () => {
  test('is its number or its link', () => {
    expect(groupIdIn(' 42 ')).toBe(42);
    expect(groupIdIn('https://chat.example/join/42')).toBe(42);
  });

  test.each(['', 'book club', '0', '-1', '4.2', 'https://chat.example/contacts/7', 'https://evil.example/join/42'])(
    '%j is neither',
    (text) => {
      expect(groupIdIn(text)).toBeNull();
    },
  );
});
