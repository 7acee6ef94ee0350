const pressMs = 480;

/** iOS makes no context menu of a held finger; the others do. */
const isMissing = CSS.supports('-webkit-touch-callout', 'none');

/** Makes a held finger a `contextmenu` event where the browser does not. Returns how to stop. */
export function followLongPress(): () => void {
  if (!isMissing) return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opened = false;
  const cancel = () => clearTimeout(timer);
  // The finger that is lifted then means no click on what it held.
  const lift = (event: TouchEvent) => {
    cancel();
    if (opened && event.cancelable) event.preventDefault();
  };
  const start = ({ target, touches }: TouchEvent) => {
    cancel();
    opened = false;
    const touch = touches[0];
    if (!touch || touches.length > 1) return;
    const { clientX, clientY } = touch;
    const menu = new MouseEvent('contextmenu', { clientX, clientY, bubbles: true, cancelable: true });
    timer = setTimeout(() => {
      opened = true;
      target?.dispatchEvent(menu);
    }, pressMs);
  };
  const ends = ['touchmove', 'touchcancel'] as const;
  document.addEventListener('touchstart', start, { passive: true });
  document.addEventListener('touchend', lift);
  for (const end of ends) document.addEventListener(end, cancel, { passive: true });
  return () => {
    cancel();
    document.removeEventListener('touchstart', start);
    document.removeEventListener('touchend', lift);
    for (const end of ends) document.removeEventListener(end, cancel);
  };
}
