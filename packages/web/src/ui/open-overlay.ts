/** Whether a dialog or a menu is open: it keeps the focus and the keys until it is answered. */
export const hasOverlay = (): boolean =>
  document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null;
