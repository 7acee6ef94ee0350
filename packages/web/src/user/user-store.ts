import type { FileUploadProgress, UserProfile, UserSettings } from 'flooim';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { im } from '../im.ts';

export const useUser = defineStore('user', () => {
  const profile = shallowRef<UserProfile | null>(null);
  const settings = shallowRef<UserSettings | null>(null);
  const failed = shallowRef<unknown>(null);

  const name = computed(() => profile.value?.nick_name || profile.value?.username || '');

  async function refresh(force: boolean): Promise<void> {
    try {
      profile.value = await im.userManage.asyncGetProfile(force);
      settings.value = await im.userManage.asyncGetSettings(force);
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  }

  async function load(): Promise<void> {
    profile.value = settings.value = null;
    await refresh(false);
  }

  im.on({
    // Changed on another device.
    flooNotice: (notice) => {
      if (notice.category === 'userNotice' && notice.desc === 'INFO_UPDATED') void refresh(true);
    },
    connectionChange: (state) => {
      if (state.name === 'online' && failed.value) void refresh(true);
    },
  });

  async function saveProfile(change: { nick_name: string; description: string }): Promise<void> {
    await im.userManage.asyncUpdateProfile(change);
    await refresh(false);
  }

  /** Uploads a picture and makes it the avatar. */
  async function saveAvatar(file: File, progress: FileUploadProgress, signal: AbortSignal): Promise<void> {
    const { url } = await im.sysManage.asyncFileUpload({
      file,
      name: file.name,
      toType: 'rosterAvatar',
      processCallback: progress,
      signal,
    });
    signal.throwIfAborted();
    await setAvatar(url);
  }

  async function setAvatar(avatar: string): Promise<void> {
    await im.userManage.asyncUpdateAvatar({ avatar });
    await refresh(false);
  }

  async function saveSettings(change: Partial<UserSettings>): Promise<void> {
    await im.userManage.asyncUpdateSettings(change);
    await refresh(false);
  }

  const removeAvatar = (): Promise<void> => setAvatar('');

  return { profile, settings, failed, name, load, refresh, saveProfile, saveAvatar, removeAvatar, saveSettings };
});
