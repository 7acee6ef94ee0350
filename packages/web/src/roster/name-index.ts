/** The first character of each pinyin initial in the order of the zh collation; i, u and v begin no syllable. */
const heads: [string, string][] = [
  ['阿', 'A'],
  ['八', 'B'],
  ['嚓', 'C'],
  ['哒', 'D'],
  ['妸', 'E'],
  ['发', 'F'],
  ['旮', 'G'],
  ['哈', 'H'],
  ['讥', 'J'],
  ['咔', 'K'],
  ['垃', 'L'],
  ['妈', 'M'],
  ['拏', 'N'],
  ['噢', 'O'],
  ['妑', 'P'],
  ['七', 'Q'],
  ['呥', 'R'],
  ['仨', 'S'],
  ['他', 'T'],
  ['屲', 'W'],
  ['夕', 'X'],
  ['丫', 'Y'],
  ['帀', 'Z'],
];

const collator = new Intl.Collator('zh-CN', { numeric: true });

/** The letter a name is filed under: A to Z, by pinyin for Chinese, # for the rest. */
export function indexLetter(name: string): string {
  const first = name.trim()[0] ?? '';
  const plain = first.normalize('NFD')[0]?.toUpperCase() ?? '';
  if (/[A-Z]/.test(plain)) return plain;
  if (!/\p{Script=Han}/u.test(first)) return '#';
  let letter = 'A';
  for (const [head, initial] of heads) {
    if (collator.compare(first, head) < 0) break;
    letter = initial;
  }
  return letter;
}

export interface IndexSection<T> {
  letter: string;
  items: T[];
}

/** Sorted by letter, # last, and by name within a letter. */
export function indexByName<T>(items: readonly T[], nameOf: (item: T) => string): IndexSection<T>[] {
  const sections = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => collator.compare(nameOf(a), nameOf(b)))) {
    const letter = indexLetter(nameOf(item));
    const section = sections.get(letter);
    if (section) section.push(item);
    else sections.set(letter, [item]);
  }
  return [...sections]
    .map(([letter, found]) => ({ letter, items: found }))
    .sort((a, b) => (a.letter === '#' ? 1 : b.letter === '#' ? -1 : a.letter.localeCompare(b.letter)));
}
