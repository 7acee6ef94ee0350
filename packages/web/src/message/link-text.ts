export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string };

const address =
  /\bhttps?:\/\/[^\s<>"'`\p{Script=Han}\u3000-\u303f\uff00-\uffef]+|\bwww\.[^\s<>"'`\p{Script=Han}\u3000-\u303f\uff00-\uffef]+\.[^\s<>"'`\p{Script=Han}\u3000-\u303f\uff00-\uffef]+/giu;

/** What stands after an address and before the next word belongs to the sentence, not to the address. */
function withoutTail(found: string): string {
  let end = found.length;
  while (end > 0) {
    const last = found[end - 1] as string;
    if ('.,;:!?*_~'.includes(last)) end -= 1;
    else if (last === ')' && !found.slice(0, end).includes('(')) end -= 1;
    else if (last === ']' && !found.slice(0, end).includes('[')) end -= 1;
    else break;
  }
  return found.slice(0, end);
}

/** Splits a message's text into plain parts and http(s) links; nothing else of it is ever interpreted. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0]);
    const href = /^http/i.test(found) ? found : `https://${found}`;
    if (!URL.canParse(href)) continue;
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push({ kind: 'link', text: found, href });
    at = match.index + found.length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}
