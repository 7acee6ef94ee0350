import { defineComponent } from 'vue';
import { useNotifications } from './notifications.ts';

/** Draws nothing: a component, so that it is loaded only where the browser lets the app notify, and ends with the account. */
export const NoticeTeller = defineComponent(() => {
  useNotifications();
  return () => null;
});
