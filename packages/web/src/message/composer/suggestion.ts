/** One line of the list that stands above the field while something is typed after a sign. */
export interface Suggestion {
  key: string;
  /** What it is called. */
  name: string;
  /** What tells it from others of that name. */
  note?: string;
  /** What takes the place of the sign and what was typed. */
  inserts: string;
  /** Of a person or of everybody. */
  uid?: number;
  avatar?: string;
  emoji?: string;
}

/** More nobody looks through: typing on is quicker. */
const mostSuggestions = 40;

export interface Findable {
  /** Words that a query can begin or be part of, the name first. */
  words: readonly string[];
}

const rankOf = (words: readonly string[], query: string): number => {
  if (words[0]?.startsWith(query)) return 0;
  if (words.some((word) => word.startsWith(query) || word.includes(` ${query}`))) return 1;
  return words.some((word) => word.includes(query)) ? 2 : -1;
};

/** Those that the query fits, the best first, and in their order otherwise. The words are in lower case. */
export function fitting<T extends Findable>(all: readonly T[], query: string): T[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return all.slice(0, mostSuggestions);
  const ranks: T[][] = [[], [], []];
  for (const one of all) ranks[rankOf(one.words, wanted)]?.push(one);
  return ranks.flat().slice(0, mostSuggestions);
}
