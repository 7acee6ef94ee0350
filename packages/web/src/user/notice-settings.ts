import { defineStore } from 'pinia';
import { computed } from 'vue';
import { choicesOf, isQuietAt, keptOf, type NoticeChoices } from './notice-choices.ts';
import { useUser } from './user-store.ts';

/** Until it is known what the person wants, nothing disturbs him. */
const unknown: NoticeChoices = {
  enabled: false,
  details: false,
  sound: false,
  vibrate: false,
  quietFrom: 0,
  quietTo: 0,
};

/** What the signed-in user wants to be told of; follows his other devices. */
export const useNoticeSettings = defineStore('notice-settings', () => {
  const user = useUser();

  const choices = computed(() => (user.settings ? choicesOf(user.settings) : unknown));
  const loaded = computed(() => user.settings !== null);
  const enabled = computed(() => choices.value.enabled);
  const details = computed(() => choices.value.details);
  const sound = computed(() => choices.value.sound);
  const vibrate = computed(() => choices.value.vibrate);
  const quietFrom = computed(() => choices.value.quietFrom);
  const quietTo = computed(() => choices.value.quietTo);

  const isQuiet = (at: Date = new Date()): boolean => isQuietAt(choices.value, at);

  async function load(): Promise<void> {
    if (!loaded.value) await user.refresh(false);
  }

  /** Rejects when the server did not take it; then all is as before. */
  const save = (change: Partial<NoticeChoices>): Promise<void> =>
    user.saveSettings(keptOf({ ...choices.value, ...change }));

  return { choices, loaded, enabled, details, sound, vibrate, quietFrom, quietTo, isQuiet, load, save };
});
