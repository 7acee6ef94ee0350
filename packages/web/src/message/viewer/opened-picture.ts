import type { Meta } from 'flooim';
import { shallowRef } from 'vue';

/** The same before and after the acknowledgement. */
export const pictureKey = ({ clientMid, id }: Pick<Meta, 'clientMid' | 'id'>): string => clientMid ?? id;

/** The key of the picture that fills the screen. */
export const openedPicture = shallowRef<string | null>(null);

export const loadViewer = () => import('./PictureViewer.vue');
