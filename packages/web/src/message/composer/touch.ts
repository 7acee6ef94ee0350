/** On a touch keyboard Enter makes a line; the button sends. */
export const isTouch = matchMedia('(hover: none) and (pointer: coarse)');
