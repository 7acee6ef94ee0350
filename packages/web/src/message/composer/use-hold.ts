import { computed, onScopeDispose, ref } from 'vue';

/** A press that lasts so long is a hold; a shorter one is a click. */
const holdMs = 220;
/** So far to the left means no. */
const cancelPx = 90;

/** `far`: so far to the left that letting go means no. */
export type Held = 'no' | 'held' | 'far';

export interface HoldActions {
  begin(): void;
  letGo(): void;
  cancel(): void;
}

/** What the button tells of the pointer. */
export type HoldListeners = ReturnType<typeof useHold>['listeners'];

/** Press and hold of one button, by finger, pen or mouse. The button must stay in the page while it is held. */
export function useHold({ begin, letGo, cancel }: HoldActions) {
  const isHeld = ref(false);
  /** How far it was slid to the left, in px. */
  const slid = ref(0);
  const held = computed<Held>(() => (isHeld.value ? (slid.value >= cancelPx ? 'far' : 'held') : 'no'));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let startX = 0;
  let wasHold = false;

  function press(event: PointerEvent): void {
    wasHold = false;
    if (event.button !== 0 || !event.isPrimary) return;
    const button = event.currentTarget as HTMLElement;
    startX = event.clientX;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // All that follows comes to the button, wherever the finger goes.
      button.setPointerCapture(event.pointerId);
      wasHold = isHeld.value = true;
      slid.value = 0;
      begin();
    }, holdMs);
  }

  function move({ clientX }: PointerEvent): void {
    if (isHeld.value) slid.value = Math.max(0, startX - clientX);
  }

  function release(): void {
    clearTimeout(timer);
    if (!isHeld.value) return;
    const isFar = held.value === 'far';
    isHeld.value = false;
    if (isFar) cancel();
    else letGo();
  }

  /** The system took the finger away: nothing is meant by that. */
  function lose(): void {
    clearTimeout(timer);
    isHeld.value = false;
  }

  /** The click that ends a hold is none. */
  function isClick(): boolean {
    const was = wasHold;
    wasHold = false;
    return !was;
  }

  onScopeDispose(() => clearTimeout(timer));

  const listeners = {
    pointerdown: press,
    pointermove: move,
    pointerup: release,
    pointercancel: lose,
    // A mouse that is let go elsewhere says nothing here; a finger, and what is held, leave only when they are let go.
    pointerleave: () => isHeld.value || clearTimeout(timer),
    // A long press means no menu here.
    contextmenu: (event: Event) => event.preventDefault(),
  };
  return { held, slid, lose, isClick, listeners };
}
