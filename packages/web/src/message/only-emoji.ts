/** Up to three emoji and nothing else: shown large, without a bubble. */
export function isOnlyEmoji(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length < 64 && /^(\p{RGI_Emoji}\s?){1,3}$/v.test(trimmed);
}
