/** What is being typed after a sign such as `@`: from the sign to the caret. */
export interface Token {
  /** Where the sign stands. */
  start: number;
  /** The caret. */
  end: number;
  query: string;
}

/** Longer is no name, but a sentence. */
const queryChars = 40;

const isWordPart = (char: string): boolean => /[\p{L}\p{N}_.+-]/u.test(char);
/** Scripts that put no spaces between words. */
const isUnspaced = (char: string): boolean => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(char);

/** Whether a word can begin after this character; in an address such as `a@b.example` none does. */
const endsWord = (char: string | undefined): boolean => char === undefined || !isWordPart(char) || isUnspaced(char);

/** The token that the caret stands in, if a word begins with the sign. */
export function tokenAt(text: string, caret: number, sign: string): Token | null {
  const start = text.lastIndexOf(sign, caret - 1);
  if (start < 0 || caret <= start || caret - start > queryChars) return null;
  if (!endsWord(text[start - 1])) return null;
  const query = text.slice(start + sign.length, caret);
  return /^\s|\n/.test(query) ? null : { start, end: caret, query };
}

/** Whether a name that ends before this character is whole there. */
export const endsName = (char: string | undefined): boolean =>
  char === undefined || !/[\p{L}\p{N}_]/u.test(char) || isUnspaced(char);
