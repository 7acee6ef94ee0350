import { shallowRef } from 'vue';

/** The message of a group whose readers are shown. */
export const openedReaders = shallowRef<{ gid: number; mid: string } | null>(null);

export const loadReaders = () => import('./ReadersDialog.vue');
