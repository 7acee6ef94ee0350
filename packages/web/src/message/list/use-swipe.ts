import { onBeforeUnmount, onMounted, type Ref } from 'vue';

/** How far a message follows the finger, and from where on letting go means something. */
const mostPx = 84;
const enoughPx = 56;
const beginPx = 12;

/** What moves sideways by itself. */
const ownGestures = 'input, pre, table, video, audio, [role=slider]';

/**
 * A message that is drawn to the left is answered. `canSwipe` is asked when the finger begins to move, `swiped` is told the
 * key of the message's row.
 */
export function useSwipe(
  scroller: Ref<HTMLElement | undefined>,
  canSwipe: (key: string) => boolean,
  swiped: (key: string) => void,
): void {
  let moved: HTMLElement | null = null;
  let start: { x: number; y: number; element: HTMLElement } | null = null;
  let distance = 0;

  function begin({ touches, target }: TouchEvent): void {
    end();
    const [touch] = touches;
    if (!touch || touches.length > 1 || !(target instanceof Element) || target.closest(ownGestures)) return;
    const element = target.closest<HTMLElement>('[data-key]');
    if (element) start = { x: touch.clientX, y: touch.clientY, element };
  }

  function move({ touches }: TouchEvent): void {
    const [touch] = touches;
    if (!start || !touch) return;
    const [left, down] = [start.x - touch.clientX, Math.abs(touch.clientY - start.y)];
    if (!moved) {
      // Whoever scrolls does not answer.
      if (down > beginPx || left < -beginPx || !canSwipe(start.element.dataset['key'] ?? '')) start = null;
      if (!start || left < beginPx) return;
      moved = start.element;
      moved.style.transition = 'none';
    }
    distance = Math.max(0, Math.min(mostPx, left));
    moved.style.transform = `translateX(${-distance}px)`;
  }

  function end(): void {
    if (moved) moved.style.transition = moved.style.transform = '';
    moved = start = null;
    distance = 0;
  }

  function letGo(): void {
    const key = distance >= enoughPx ? moved?.dataset['key'] : undefined;
    end();
    if (key) swiped(key);
  }

  const listeners = { touchstart: begin, touchmove: move, touchend: letGo, touchcancel: end } as const;
  onMounted(() => {
    for (const [name, listener] of Object.entries(listeners))
      scroller.value?.addEventListener(name, listener as EventListener, { passive: true });
  });
  onBeforeUnmount(end);
}
