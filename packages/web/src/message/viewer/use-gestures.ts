import { computed, type Ref, ref } from 'vue';
import { kept, type Point, type Size, swipe, type View, wholeView, zoomed } from './zoom.ts';

interface Parts {
  stage: Ref<HTMLElement | undefined>;
  stageSize: () => Size;
  /** As it is wholly seen. */
  pictureSize: () => Size;
  swiped: (way: 'previous' | 'next' | 'close') => void;
  /** Beside the picture. */
  tappedBeside: () => void;
}

const doubleTapMs = 320;
const tapPx = 8;
const doubleTapScale = 2.5;
const stepFactor = 1.5;

/** Wheel, mouse and fingers over a picture: zoom, move, turn the page. */
export function useGestures({ stage, stageSize, pictureSize, swiped, tappedBeside }: Parts) {
  const view = ref<View>(wholeView);
  /** How far a finger has pulled the whole picture. */
  const pull = ref<Point>({ x: 0, y: 0 });
  const fingers = new Map<number, Point>();
  const held = ref(false);
  let travelled = 0;
  let hadTwo = false;
  let lastTap = { at: 0, x: 0, y: 0 };

  const whole = computed(() => view.value.scale <= 1.01);
  const transform = computed(() => {
    const { scale, x, y } = view.value;
    return `translate(${x + pull.value.x}px, ${y + pull.value.y}px) scale(${scale})`;
  });

  function place({ clientX, clientY }: MouseEvent): Point {
    const box = stage.value?.getBoundingClientRect() ?? new DOMRect();
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }

  const set = (next: View): void => {
    view.value = kept(next, pictureSize(), stageSize());
  };

  const zoom = (factor: number, at: Point = { x: 0, y: 0 }): void => set(zoomed(view.value, factor, at));

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Ctrl, in far smaller steps.
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), place(event));
  }

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    stage.value?.setPointerCapture(event.pointerId);
    if (fingers.size === 0) [travelled, hadTwo] = [0, false];
    fingers.set(event.pointerId, place(event));
    hadTwo ||= fingers.size > 1;
    held.value = true;
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    travelled += Math.hypot(dx, dy);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) pinch(before, now, other);
    else if (!whole.value) set({ ...view.value, x: view.value.x + dx, y: view.value.y + dy });
    else if (event.pointerType !== 'mouse' && !hadTwo) pull.value = { x: pull.value.x + dx, y: pull.value.y + dy };
  }

  function pinch(before: Point, now: Point, other: Point): void {
    const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    const moved = { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 };
    if (Number.isFinite(factor)) {
      const next = zoomed(view.value, factor, middle);
      set({ ...next, x: next.x + moved.x, y: next.y + moved.y });
    }
  }

  function up(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    held.value = false;
    const { x, y } = pull.value;
    pull.value = { x: 0, y: 0 };
    const way = event.type === 'pointerup' ? swipe(x, y) : null;
    if (way) swiped(way);
    else if (travelled < tapPx && !hadTwo && event.type === 'pointerup') tap(event);
  }

  function tap(event: PointerEvent): void {
    const at = place(event);
    const { width, height } = pictureSize();
    if (whole.value && (Math.abs(at.x) > width / 2 || Math.abs(at.y) > height / 2)) return tappedBeside();
    const isDouble = event.timeStamp - lastTap.at < doubleTapMs && Math.hypot(at.x - lastTap.x, at.y - lastTap.y) < 30;
    lastTap = isDouble ? { at: 0, x: 0, y: 0 } : { at: event.timeStamp, ...at };
    if (isDouble) zoom(whole.value ? doubleTapScale : 0, at);
  }

  return {
    wheel,
    down,
    move,
    up,
    transform,
    held,
    whole,
    zoomIn: () => zoom(stepFactor),
    zoomOut: () => zoom(1 / stepFactor),
    reset: () => set(wholeView),
    /** After the stage or the picture has another size. */
    refit: () => set(view.value),
  };
}
