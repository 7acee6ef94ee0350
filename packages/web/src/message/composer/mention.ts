import { endsName } from './token.ts';

/** Everybody's place in a list of mentions; no user has it. */
export const everybody = 0;

/** Somebody who was chosen; in the text he is `@` and the name. */
export interface Mention {
  uid: number;
  name: string;
}

export interface MentionedIn {
  mentions: number[];
  mentionAll: boolean;
}

const wordsOf = ({ name }: Mention): string => `@${name}`;

/** Whoever of those that were chosen stands here; of `@Ann` and `@Anna` the longer. */
function standsAt(text: string, at: number, chosen: readonly Mention[]): Mention | undefined {
  const found = chosen.filter((one) => text.startsWith(wordsOf(one), at) && endsName(text[at + wordsOf(one).length]));
  return found.reduce<Mention | undefined>(
    (best, one) => (best && best.name.length >= one.name.length ? best : one),
    undefined,
  );
}

/** Whether the name of somebody who was chosen begins at this `@`. */
export const isChosenAt = (text: string, at: number, chosen: readonly Mention[]): boolean =>
  standsAt(text, at, chosen) !== undefined;

/** Those of the chosen whose name still stands in the text. Of several with one name, as many as it stands there. */
export function standing(text: string, chosen: readonly Mention[]): Mention[] {
  const left = [...chosen];
  const found: Mention[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const one = standsAt(text, at, left);
    if (!one) continue;
    found.push(one);
    left.splice(left.indexOf(one), 1);
  }
  return found;
}

export function mentionedIn(text: string, chosen: readonly Mention[]): MentionedIn {
  const uids = new Set(standing(text, chosen).map(({ uid }) => uid));
  const mentionAll = uids.delete(everybody);
  return { mentions: [...uids], mentionAll };
}
