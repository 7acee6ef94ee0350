import { onBeforeUnmount, watch } from 'vue';

const name = 'found';

function rangesIn(node: Text, words: string): Range[] {
  const text = node.data.toLowerCase();
  // Letters that become two when they are made small would shift all that follows.
  if (text.length !== node.data.length) return [];
  const ranges: Range[] = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
    const range = new Range();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    ranges.push(range);
  }
  return ranges;
}

function textsIn(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  return texts;
}

/** Marks the words wherever they are drawn in `list`, without touching what is there; browsers that cannot do without. */
export function useFindMarks(list: () => Element | null, words: () => string): void {
  if (!('highlights' in CSS)) return;
  let frame = 0;

  function mark(): void {
    const root = list();
    const asked = words().toLowerCase();
    CSS.highlights.delete(name);
    if (!root || !asked) return;
    const bubbles = [...root.querySelectorAll('[data-key] .bubble')];
    const ranges = bubbles.flatMap(textsIn).flatMap((text) => rangesIn(text, asked));
    if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
  }

  function markSoon(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(mark);
  }

  // Rows come and go while it scrolls.
  const observer = new MutationObserver(markSoon);
  watch(
    words,
    (asked) => {
      observer.disconnect();
      const root = list();
      if (asked && root) observer.observe(root, { childList: true, subtree: true });
      markSoon();
    },
    { flush: 'post', immediate: true },
  );
  onBeforeUnmount(() => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    CSS.highlights.delete(name);
  });
}
