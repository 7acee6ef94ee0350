import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';
import { filesOf, type GivenFiles, hasFiles, meansFiles } from './given-files.ts';

/** Fields and dialogs that have a use of their own for what is pasted. */
const otherPlaces = 'input, select, [contenteditable], [role=dialog], [role=alertdialog]';

/** Elements that take files now: a talk, and what stands beside it. */
const panes = new Set<Ref<HTMLElement | undefined>>();

/**
 * Files that are dropped on the element or pasted while it is there, unless another such element has the focus. The answer says whether some are being dragged over
 * it now. Elsewhere a dropped file would make the browser leave the page, so there it does nothing.
 */
export function useGivenFiles(pane: Ref<HTMLElement | undefined>, take: (given: GivenFiles) => void): Ref<boolean> {
  const dragged = ref(false);

  const isIn = (one: Ref<HTMLElement | undefined>, { target }: Event): boolean =>
    target instanceof Node && (one.value?.contains(target) ?? false);
  const isOver = (event: Event): boolean => isIn(pane, event);
  const isOverAny = (event: Event): boolean => [...panes].some((one) => isIn(one, event));

  function over(event: DragEvent): void {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    dragged.value = isOver(event);
    if (event.dataTransfer) event.dataTransfer.dropEffect = isOverAny(event) ? 'copy' : 'none';
  }

  // Only what leaves the window has nowhere that it goes to; between elements the next `dragover` decides.
  function leave(event: DragEvent): void {
    if (!event.relatedTarget) dragged.value = false;
  }

  function drop(event: DragEvent): void {
    dragged.value = false;
    if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (isOver(event)) take(filesOf(event.dataTransfer));
  }

  function paste(event: ClipboardEvent): void {
    const { target, clipboardData } = event;
    if (!clipboardData || !meansFiles(clipboardData.types) || event.defaultPrevented) return;
    if (!isOver(event) && isOverAny(event)) return;
    if (target instanceof Element && target.closest(otherPlaces)) return;
    event.preventDefault();
    take(filesOf(clipboardData));
  }

  const listening = new AbortController();
  onMounted(() => {
    panes.add(pane);
    const { signal } = listening;
    document.addEventListener('dragenter', over, { signal });
    document.addEventListener('dragover', over, { signal });
    document.addEventListener('dragleave', leave, { signal });
    document.addEventListener('drop', drop, { signal });
    document.addEventListener('paste', paste, { signal });
  });
  onBeforeUnmount(() => {
    panes.delete(pane);
    listening.abort();
  });

  return dragged;
}
