import type { Token, Tokens } from 'marked';
import { lex } from './bounded-lexer.ts';
import type { Align, Block, Inline, ListItem } from './markdown-blocks.ts';

/** As long as a message can be, in characters; what is longer is shown as it was written. */
const mostChars = 16 * 1024;

const schemes = ['http:', 'https:', 'mailto:'];

/** Only whole addresses: one without a scheme would lead into this app. */
function safeHref(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return schemes.includes(url.protocol) ? url.href : undefined;
}

/** The lexer escapes texts for HTML, which is not made of them here: what was written is in `raw`. */
function codeText(raw: string): string {
  const fence = /^`+/.exec(raw)?.[0].length ?? 0;
  const text = raw.slice(fence, raw.length - fence).replaceAll('\n', ' ');
  return /^ .*[^ ].* $/.test(text) ? text.slice(1, -1) : text;
}

function link(raw: string, href: string, children: Inline[]): Inline {
  const safe = safeHref(href);
  return safe ? { kind: 'link', href: safe, children } : { kind: 'text', text: raw };
}

function linkInline(token: Token): Inline {
  const { raw, href, tokens = [] } = token as Tokens.Link;
  const isPlainAddress = raw.startsWith('<');
  return link(raw, href, isPlainAddress ? [{ kind: 'text', text: raw.slice(1, -1) }] : inlines(tokens));
}

/** Never fetched by itself: that would tell another server who reads. */
function imageInline(token: Token): Inline {
  const { raw, href } = token as Tokens.Image;
  const name = /^!\[([^\]]*)\]/.exec(raw)?.[1];
  return link(raw, href, [{ kind: 'text', text: name || href }]);
}

function inline(token: Token): Inline {
  const { raw } = token;
  if (token.type === 'codespan') return { kind: 'code', text: codeText(raw) };
  if (token.type === 'strong' || token.type === 'em' || token.type === 'del')
    return { kind: token.type, children: inlines(token.tokens) };
  if (token.type === 'link') return linkInline(token);
  if (token.type === 'image') return imageInline(token);
  if (token.type === 'br') return { kind: 'break' };
  return { kind: 'text', text: token.type === 'escape' ? raw.slice(1) : raw };
}

/** Texts that follow each other are one, so that an address or a name is found in it. */
function inlines(tokens: readonly Token[] = []): Inline[] {
  const found: Inline[] = [];
  for (const next of tokens.map(inline)) {
    const last = found.at(-1);
    if (next.kind === 'text' && last?.kind === 'text') last.text += next.text;
    else found.push(next);
  }
  return found;
}

function listItem({ task, checked, tokens }: Tokens.ListItem): ListItem {
  return { ...(task && { done: !!checked }), blocks: blocks(tokens) };
}

function tableBlock({ align, header, rows }: Tokens.Table): Block {
  const cells = (row: readonly Tokens.TableCell[]): Inline[][] => row.map(({ tokens }) => inlines(tokens));
  return { kind: 'table', align: align.map((one): Align => one || null), header: cells(header), rows: rows.map(cells) };
}

function block(token: Token): Block[] {
  switch (token.type) {
    case 'space':
      return [];
    case 'heading':
      return [{ kind: 'heading', level: token.depth, children: inlines(token.tokens) }];
    case 'code':
      return [{ kind: 'code', text: token.text, language: /^[\w+#.-]{1,20}/.exec(token.lang ?? '')?.[0] ?? '' }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocks(token.tokens ?? []) }];
    case 'list':
      return [{ kind: 'list', start: token.ordered ? Number(token.start) : null, items: token.items.map(listItem) }];
    case 'table':
      return [tableBlock(token as Tokens.Table)];
    case 'hr':
      return [{ kind: 'rule' }];
    default: {
      const children =
        'tokens' in token && token.tokens ? inlines(token.tokens) : [{ kind: 'text' as const, text: token.raw }];
      return [{ kind: 'paragraph', children }];
    }
  }
}

const blocks = (tokens: readonly Token[]): Block[] => tokens.flatMap(block);

/** A text as its writer meant it. Nothing in it is markup for a browser; what cannot be read stays as it was written. */
export function readMarkdown(text: string): Block[] {
  const plain: Block[] = [{ kind: 'paragraph', children: [{ kind: 'text', text }] }];
  if (text.length > mostChars) return plain;
  try {
    const found = blocks(lex(text));
    return found.length > 0 ? found : plain;
  } catch {
    return plain;
  }
}
