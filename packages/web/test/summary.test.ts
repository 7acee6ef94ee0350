import type { Meta } from 'flooim';
import { createPinia, setActivePinia } from 'pinia';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useLocale } from '../src/i18n/i18n.ts';
import { sampleMessage } from './sample-message.ts';

vi.stubGlobal('document', { documentElement: {}, querySelector: () => null });
vi.stubGlobal('location', { href: 'http://127.0.0.1:9/', origin: 'http://127.0.0.1:9' });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });

// They make the SDK, which asks where it is.
const { fullText, summary } = await import('../src/message/summary.ts');
const { im } = await import('../src/im.ts');

beforeAll(async () => {
  setActivePinia(createPinia());
  await useLocale('en');
});
afterAll(() => im.dispose());

const message = (more: Partial<Meta>): Meta => sampleMessage({ to: '3', ...more });

const forwarded = { title: 'Tea party', items: [{ name: 'ann', at: 1, type: 'text', text: 'hi' }] };
const reply = { mid: '5', from: '2', type: 'text', text: 'before' };

test.each([
  ['a text', message({ content: 'hi *there*' }), 'hi *there*'],
  ['markdown', message({ content: '# Hi\n**there**', ext: { format: 'markdown' } }), 'Hi there'],
  ['an answer', message({ content: 'yes', ext: { reply } }), 'yes'],
  ['numbers of people', message({ content: '{7}, {8}', config: { mentionList: [7] } }), '7, {8}'],
  ['a beginning', message({ ext: { ai: { stream: true } } }), 'Still being written'],
  ['a picture', message({ type: 'image', attach: { dName: 'IMG_1.jpg' } }), '[Picture]'],
  ['a file', message({ type: 'file', attach: { dName: 'a.pdf' } }), '[File] a.pdf'],
  ['a place', message({ type: 'location', attach: { lat: 1, lon: 2, addr: 'Here' } }), '[Location] Here'],
  ['a record', message({ type: 'forward', content: 'long', ext: { forwarded } }), '[Forwarded messages] Tea party'],
  ['a forward', message({ type: 'forward', content: 'words' }), '[Forwarded messages] words'],
  ['a command', message({ type: 'command', content: 'x' }), '[Command]'],
])('%s in one line', (_, meta, expected) => {
  expect(summary(meta)).toBe(expected);
});

test('a copy has all words as they were written', () => {
  expect(fullText(message({ content: '# Hi\n{7}', ext: { format: 'markdown' }, config: { mentionList: [7] } }))).toBe(
    '# Hi\n7',
  );
  expect(fullText(message({ type: 'forward', content: 'ann: hi', ext: { forwarded } }))).toBe('ann: hi');
  expect(fullText(message({ type: 'image' }))).toBe('[Picture]');
});
