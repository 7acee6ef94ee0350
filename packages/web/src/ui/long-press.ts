const pressMs = 480;

/** A held finger as a context menu, for browsers that make none of it (iOS). For `v-on`. */
export function longPress(): Record<'touchstart' | 'touchmove' | 'touchend' | 'touchcancel', (event: TouchEvent) => void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = () => clearTimeout(timer);
  return {
    touchstart: (event) => {
      cancel();
      const { target, touches } = event;
      const { clientX, clientY } = touches[0] as Touch;
      const menu = new MouseEvent('contextmenu', { clientX, clientY, bubbles: true, cancelable: true });
      timer = setTimeout(() => target?.dispatchEvent(menu), pressMs);
    },
    touchmove: cancel,
    touchend: cancel,
    touchcancel: cancel,
  };
}
