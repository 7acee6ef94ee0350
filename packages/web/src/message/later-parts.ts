import { h } from 'vue';
import { later, laterPart } from '../ui/later.ts';

/*
 * The parts of a conversation that reading and typing do without. Made here and not where they are used: what stands in
 * `<script setup>` runs anew for each row.
 */

/** About as large as what will stand there. */
const room = (width: number, height: number) => () =>
  h('div', { style: { width: `min(${width}px, 62vw)`, height: `${height}px` } });

export const ForwardCard = laterPart(() => import('./cards/ForwardCard.vue'), room(320, 110));
export const LocationCard = laterPart(() => import('./cards/LocationCard.vue'), room(280, 190));
export const VoiceCard = laterPart(() => import('./cards/VoiceCard.vue'), room(280, 49));

export const TransferBubble = laterPart(() => import('../transfer/TransferBubble.vue'));
export const WordsBubble = laterPart(() => import('../transfer/WordsBubble.vue'));

export const DropTarget = laterPart(() => import('../transfer/DropTarget.vue'));
export const SelectionBar = laterPart(() => import('./selection/SelectionBar.vue'));

export const AttachmentTray = laterPart(() => import('../transfer/AttachmentTray.vue'));
export const FormatBar = laterPart(() => import('./composer/FormatBar.vue'));
export const SuggestionList = laterPart(() => import('./composer/SuggestionList.vue'));

export const loadRecorder = later(() => import('./voice/VoiceRecorder.vue'));
export const VoiceRecorder = laterPart(loadRecorder);
