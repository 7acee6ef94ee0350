import { shallowRef } from 'vue';
import type { IconName } from './icons.ts';

export interface MenuItem {
  label: string;
  icon: IconName;
  danger?: boolean;
  /** Somebody's picture in the place of the icon. */
  avatar?: { id: number; name: string; src: string };
  testId?: string;
  run: () => void;
}

export interface OpenMenu {
  items: MenuItem[];
  /** Where it opens: a button, or the pointer. */
  anchor: { getBoundingClientRect: () => DOMRect };
  /** Gets the focus back. */
  opener: HTMLElement | null;
}

/** The one open menu. Rows of long lists share it, so that a row costs no menu of its own. */
export const openedMenu = shallowRef<OpenMenu | null>(null);

/** Opens a menu at the element, or at the pointer when the event is a pointer's own menu gesture. */
export function openMenu(event: MouseEvent, items: MenuItem[]): void {
  event.preventDefault();
  if (items.length === 0) return;
  const target = event.currentTarget as HTMLElement;
  const atPointer = event.type === 'contextmenu' && event.clientX > 0;
  const point = DOMRect.fromRect({ x: event.clientX, y: event.clientY });
  openedMenu.value = {
    items,
    anchor: atPointer ? { getBoundingClientRect: () => point } : target,
    opener: document.activeElement instanceof HTMLElement ? document.activeElement : target,
  };
}
