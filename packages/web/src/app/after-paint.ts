/**
 * Runs `act` when the next frame is drawn: what the first screen does without, and the server alone knows, is not asked for
 * before it. At once in a page that nobody sees, which draws none.
 */
export function afterPaint(act: () => void): void {
  if (document.hidden) return act();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      act();
    };
    port2.postMessage(null);
  });
}
