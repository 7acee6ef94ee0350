import { ref } from 'vue';
import { keepChoice, keptChoice } from '../app/kept-choice.ts';

export type TextSize = 'normal' | 'large' | 'largest';

/** public/theme.js reads it before the first paint. */
const storageKey = 'flooim.textSize';

function storedTextSize(): TextSize {
  const value = keptChoice(storageKey);
  return value === 'large' || value === 'largest' ? value : 'normal';
}

export const textSizeChoice = ref<TextSize>(storedTextSize());

/** Kept on this device: eyes and screens differ, accounts do not say. */
export function chooseTextSize(size: TextSize): void {
  textSizeChoice.value = size;
  document.documentElement.dataset.textSize = size;
  keepChoice(storageKey, size);
}
