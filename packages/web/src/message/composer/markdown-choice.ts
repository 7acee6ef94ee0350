import { ref } from 'vue';

const key = 'flooim.markdown';

function stored(): boolean {
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

/** Whether what is written is meant as markdown; in all conversations, remembered by this browser. */
export const writesMarkdown = ref(stored());

export function chooseMarkdown(on: boolean): void {
  writesMarkdown.value = on;
  try {
    if (on) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  } catch {
    // Without storage it holds as long as the page.
  }
}
