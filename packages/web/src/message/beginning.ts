/** At most `chars` UTF-16 units, and no half of a sign at the end. */
export function beginning(text: string, chars: number): string {
  if (text.length <= chars) return text;
  return text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, '');
}
