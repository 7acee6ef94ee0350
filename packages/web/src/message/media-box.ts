/** In CSS pixels: what a picture takes at most beside the text, and what a finger and the time of day need. */
const widest = 400;
const tallest = 420;
const narrowest = 120;
const lowest = 90;

export interface Box {
  width: number;
  height: number;
}

/** For what no size is known of. */
const unknown: Box = { width: 280, height: 210 };

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, Math.round(value)));

/**
 * The room that a picture or video of this size gets before it is there, so that nothing moves when it comes. Very long
 * and very small ones are cut or stretched to the box; what strangers write as a size is never believed beyond it.
 */
export function mediaBox(width: number | undefined, height: number | undefined): Box {
  if (!width || !height) return unknown;
  const scale = Math.min(1, widest / width, tallest / height);
  return { width: between(narrowest, width * scale, widest), height: between(lowest, height * scale, tallest) };
}
