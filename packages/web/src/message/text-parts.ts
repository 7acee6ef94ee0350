import { everybody } from './composer/mention.ts';
import { endsName } from './composer/token.ts';
import { linkParts, type TextPart } from './link-text.ts';

/** Somebody a message mentions, and all that its writer may have called him; the first is how he is shown here. */
export interface Mentioned {
  /** `everybody` for all. */
  uid: number;
  names: readonly string[];
}

type ShownPart = TextPart | { kind: 'mention'; text: string; uid: number };

interface Mentions {
  uids: readonly number[];
  all: boolean;
}

/** More than a group has members in view: the rest is not searched for in the text. */
const mostMentions = 100;

/** What clients of both languages write for all members. */
export const allNames = ['everybody', 'everyone', 'all', '所有人', '全体成员'];

export function readMentions(config: unknown): Mentions {
  const { mentionAll, mentionList } =
    typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {};
  const listed = Array.isArray(mentionList) ? mentionList.slice(0, mostMentions).map(Number) : [];
  const uids = [...new Set(listed)].filter((uid) => Number.isSafeInteger(uid) && uid > 0);
  return { uids, all: mentionAll === true };
}

interface Found {
  at: number;
  end: number;
  text: string;
  uid: number;
}

/** `{uid}` stands for a name in messages of some clients. */
function placeholders(text: string, mentioned: readonly Mentioned[]): Found[] {
  return [...text.matchAll(/@?\{(\d{1,16})\}/g)].flatMap((match) => {
    const one = mentioned.find(({ uid }) => uid === Number(match[1]) && uid !== everybody);
    if (!one) return [];
    const sign = match[0].startsWith('@') ? '@' : '';
    return { at: match.index, end: match.index + match[0].length, text: `${sign}${one.names[0]}`, uid: one.uid };
  });
}

/** Of `@Ann` and `@Anna` the longer. */
function calledAt(text: string, at: number, mentioned: readonly Mentioned[]): Found | undefined {
  let best: Found | undefined;
  for (const { uid, names } of mentioned) {
    for (const name of names) {
      const end = at + 1 + name.length;
      if (!name || (best && end <= best.end) || !text.startsWith(name, at + 1) || !endsName(text[end])) continue;
      best = { at, end, text: text.slice(at, end), uid };
    }
  }
  return best;
}

/** The writer may call somebody by a name that only he knows: as many unknown names as people are left, in their order. */
function strangers(text: string, free: readonly number[], left: readonly Mentioned[]): Found[] {
  const called = free.flatMap((at) => {
    const name = /^@[\p{L}\p{N}_.-]{1,64}/u.exec(text.slice(at, at + 66))?.[0];
    return name && !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '') ? { at, end: at + name.length, text: name } : [];
  });
  if (called.length !== left.length) return [];
  return called.map((one, i) => ({ ...one, uid: (left[i] as Mentioned).uid }));
}

function findMentions(text: string, mentioned: readonly Mentioned[], guess: boolean): Found[] {
  const found = placeholders(text, mentioned);
  const taken = new Set(found.map(({ at }) => at));
  const free: number[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (taken.has(at)) continue;
    const one = calledAt(text, at, mentioned);
    if (one) found.push(one);
    else free.push(at);
  }
  const known = new Set(found.map(({ uid }) => uid));
  const left = guess ? mentioned.filter(({ uid }) => uid !== everybody && !known.has(uid)) : [];
  return [...found, ...strangers(text, free, left)].sort((a, b) => a.at - b.at);
}

/** The part of a text from `start` on, with the mentions that were found in the whole. */
function withMentions(text: string, start: number, all: readonly Found[]): ShownPart[] {
  const parts: ShownPart[] = [];
  let at = 0;
  for (const found of all) {
    const [from, to] = [found.at - start, found.end - start];
    if (from < 0 || to > text.length) continue;
    if (from > at) parts.push({ kind: 'text', text: text.slice(at, from) });
    parts.push({ kind: 'mention', text: found.text, uid: found.uid });
    at = to;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}

/**
 * Splits a text into plain parts, links and the names of those it mentions; an address is never taken for a name. Only in the
 * `whole` of a message can be guessed who is meant by a name that nobody here knows.
 */
export function textParts(text: string, mentioned: readonly Mentioned[] = [], whole = true): ShownPart[] {
  const parts = linkParts(text);
  if (mentioned.length === 0) return parts;
  const words = parts.map((part) => (part.kind === 'link' ? ' '.repeat(part.text.length) : part.text)).join('');
  const found = findMentions(words, mentioned, whole);
  let at = 0;
  return parts.flatMap((part) => {
    const start = at;
    at += part.text.length;
    return part.kind === 'link' ? part : withMentions(part.text, start, found);
  });
}
