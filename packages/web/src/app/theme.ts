import { computed, ref, watchEffect } from 'vue';
import { keepChoice, keptChoice } from './kept-choice.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** public/theme.js reads it before the first paint. */
const storageKey = 'flooim.theme';

function stored(): ThemeChoice {
  const value = keptChoice(storageKey);
  return value === 'light' || value === 'dark' ? value : 'system';
}

const systemQuery = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(systemQuery.matches);

export const themeChoice = ref<ThemeChoice>(stored());
export const theme = computed(() => {
  if (themeChoice.value !== 'system') return themeChoice.value;
  return systemIsDark.value ? 'dark' : 'light';
});

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  keepChoice(storageKey, choice);
}

export function followTheme(): void {
  systemQuery.addEventListener('change', (event) => {
    systemIsDark.value = event.matches;
  });
  watchEffect(() => {
    document.documentElement.dataset.theme = theme.value;
    const colour = theme.value === 'dark' ? '#0e1413' : '#f6f8f7';
    for (const meta of document.querySelectorAll('meta[name=theme-color]')) meta.setAttribute('content', colour);
  });
}
