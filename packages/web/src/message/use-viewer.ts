import { onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';
import { useSession } from '../session/session-store.ts';
import { openedPicture } from './viewer/opened-picture.ts';

/** The picture that fills the screen, in the life of a conversation's pane; `elsewhere` gives the focus to something else. */
export function useViewer(pane: Ref<HTMLElement | undefined>, elsewhere: () => void) {
  const session = useSession();
  /** The viewer is made when the first picture is opened. */
  const viewerUsed = ref(false);
  watch(openedPicture, () => (viewerUsed.value = true), { once: true });

  /** The focus goes to the picture that was looked at last, if it is still in view. */
  function closed(key: string): void {
    const picture = pane.value?.querySelector<HTMLElement>(`[data-picture="${key}"]`);
    if (picture) picture.focus();
    else elsewhere();
  }

  // On a phone "back" means away from the picture first.
  function leaveViewer(): boolean {
    if (!openedPicture.value || !session.signedIn) return true;
    openedPicture.value = null;
    return false;
  }

  onBeforeRouteLeave(leaveViewer);
  onBeforeRouteUpdate(leaveViewer);
  onBeforeUnmount(() => {
    openedPicture.value = null;
  });
  return { viewerUsed, closed };
}
