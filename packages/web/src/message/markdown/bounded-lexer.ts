import { Lexer, type Token, Tokenizer, type Tokens } from 'marked';

/** Nested deeper than this nobody reads; without a bound 16 KB of `>` end in a stack overflow. */
const mostDepth = 8;
/** The lexer's time grows with the square of these in one paragraph: beyond it, the paragraph is plain text. */
const mostMarks = 250;
/** Rows are filled up to the header's width: few characters could make millions of cells. */
const mostCells = 3000;

const marks = /[*_~`[\]<!]/g;
/** Nobody writes so many, and they cost as much. */
const manySpaces = / {200}/;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/**
 * Reads what people mean in a chat and nothing that surprises there: no HTML (it stays text), no code by indentation, no
 * hidden definitions of links, struck out only by two tildes. Addresses are found later, as in plain text.
 */
class ChatTokenizer extends Tokenizer {
  #depth = 0;

  #deeper<T>(read: () => T): T | undefined {
    if (this.#depth >= mostDepth) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#deeper(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#deeper(() => super.list(src));
  }

  override table(src: string): Tokens.Table | undefined {
    const columns = count(src.slice(0, src.indexOf('\n') + 1), /\|/g) + 1;
    const rows = count(src, /\n/g);
    return columns * rows > mostCells ? undefined : super.table(src);
  }

  override del(src: string): Tokens.Del | undefined {
    return src.startsWith('~~') ? super.del(src) : undefined;
  }

  override code(): undefined {}
  override html(): undefined {}
  override def(): undefined {}
  override tag(): undefined {}
  override url(): undefined {}
}

class BoundedLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (count(src, marks) <= mostMarks && !manySpaces.test(src)) return super.inlineTokens(src, tokens);
    tokens.push({ type: 'text', raw: src, text: src });
    return tokens;
  }
}

/** The tokens of a text; time and depth are bounded, whatever it holds. */
export function lex(text: string): Token[] {
  return new BoundedLexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(text);
}
