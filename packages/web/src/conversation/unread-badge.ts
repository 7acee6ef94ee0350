import { onScopeDispose, watch } from 'vue';
import { useConversations } from './conversation-store.ts';

/** The number on the app's own icon, where it is installed and the system shows one. */
function badgeApp(count: number): void {
  if (!('setAppBadge' in navigator)) return;
  // Not installed, or not allowed: the title tells it.
  (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}

/** A dot on the tab's icon: a number would be too small to read there. */
function badgeTab(unread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const wanted = unread ? '/favicon-unread.svg' : '/favicon.svg';
  if (icon && icon.getAttribute('href') !== wanted) icon.href = wanted;
}

/** The unread total, for whoever has the app behind other windows. */
export function useUnreadBadge(): void {
  const conversations = useConversations();
  const show = (count: number): void => {
    badgeApp(count);
    badgeTab(count > 0);
  };
  watch(() => conversations.unread, show, { immediate: true });
  onScopeDispose(() => show(0));
}
