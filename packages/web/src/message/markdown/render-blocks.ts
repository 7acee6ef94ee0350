import { h, type VNode } from 'vue';
import { t } from '../../i18n/i18n.ts';
import TextParts from '../TextParts.vue';
import type { Mentioned } from '../text-parts.ts';
import CodeBlock from './CodeBlock.vue';
import type { Block, Inline, ListItem } from './markdown-blocks.ts';

type Names = readonly Mentioned[];

/** Where the words of a link do not tell where it leads, pointing at it does. */
function linkNode({ href, children }: Extract<Inline, { kind: 'link' }>): VNode {
  // No link stands in a link: its words are not searched for addresses.
  const nodes = children.map((child) => (child.kind === 'text' ? child.text : inlineNode(child, [])));
  return h('a', { href, title: href, target: '_blank', rel: 'noopener noreferrer nofollow' }, nodes);
}

function inlineNode(inline: Inline, names: Names): VNode {
  switch (inline.kind) {
    case 'text':
      return h(TextParts, { text: inline.text, mentioned: names, part: true });
    case 'code':
      return h('code', inline.text);
    case 'link':
      return linkNode(inline);
    case 'break':
      return h('br');
    default:
      return h(inline.kind, inlineNodes(inline.children, names));
  }
}

const inlineNodes = (children: readonly Inline[], names: Names): VNode[] =>
  children.map((child) => inlineNode(child, names));

function itemNode({ done, blocks }: ListItem, names: Names): VNode {
  if (done === undefined) return h('li', renderBlocks(blocks, names));
  const label = t(done ? 'markdown.done' : 'markdown.open');
  const box = h('input', { type: 'checkbox', checked: done, disabled: true, 'aria-label': label });
  return h('li', { class: 'task' }, [box, ...renderBlocks(blocks, names)]);
}

function tableNode({ align, header, rows }: Extract<Block, { kind: 'table' }>, names: Names): VNode {
  const cells = (tag: 'th' | 'td', row: readonly Inline[][]): VNode[] =>
    row.map((cell, i) => h(tag, { class: align[i] ?? undefined, dir: 'auto' }, inlineNodes(cell, names)));
  const head = h('thead', h('tr', cells('th', header)));
  const body = h(
    'tbody',
    rows.map((row) => h('tr', cells('td', row))),
  );
  // What scrolls must be reachable by keyboard.
  const frame = { class: 'table', tabindex: 0, 'aria-label': t('markdown.table') };
  return h('section', frame, h('table', [head, body]));
}

function blockNode(block: Block, names: Names): VNode {
  switch (block.kind) {
    case 'paragraph':
      return h('p', { dir: 'auto' }, inlineNodes(block.children, names));
    case 'heading': {
      // Below the name of who wrote it, which is a heading itself.
      const tag = `h${Math.min(6, block.level + 2)}`;
      const look = ['heading', { large: block.level < 3 }];
      return h(tag, { class: look, dir: 'auto' }, inlineNodes(block.children, names));
    }
    case 'code':
      return h(CodeBlock, { text: block.text, language: block.language });
    case 'quote':
      return h('blockquote', { dir: 'auto' }, renderBlocks(block.blocks, names));
    case 'list': {
      const items = block.items.map((item) => itemNode(item, names));
      if (block.start === null) return h('ul', { dir: 'auto' }, items);
      return h('ol', { start: block.start === 1 ? undefined : block.start, dir: 'auto' }, items);
    }
    case 'table':
      return tableNode(block, names);
    default:
      return h('hr');
  }
}

/** The nodes of a text; whatever it says becomes text nodes and links, never markup. */
export function renderBlocks(blocks: readonly Block[], names: Names): VNode[] {
  return blocks.map((block) => blockNode(block, names));
}
