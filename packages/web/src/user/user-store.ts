import type { FileUploadProgress, UserProfile, UserSettings } from 'flooim';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { afterPaint } from '../app/after-paint.ts';
import { im } from '../im.ts';

export const useUser = defineStore('user', () => {
  const profile = shallowRef<UserProfile | null>(null);
  const settings = shallowRef<UserSettings | null>(null);
  const failed = shallowRef<unknown>(null);

  const name = computed(() => profile.value?.nick_name || profile.value?.username || '');

  /** An answer that comes when somebody else has signed in is not his. */
  async function refresh(force: boolean): Promise<void> {
    const uid = im.userManage.getUid();
    const isHis = (): boolean => uid === im.userManage.getUid();
    try {
      const present = await im.userManage.asyncGetProfile(force);
      if (isHis()) profile.value = present;
      const kept = await im.userManage.asyncGetSettings(force);
      if (isHis()) settings.value = kept;
      if (isHis()) failed.value = null;
    } catch (error) {
      if (isHis()) failed.value = error;
    }
  }

  function load(): void {
    profile.value = settings.value = null;
    afterPaint(() => void refresh(false));
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

  async function saveUsername(username: string): Promise<void> {
    await im.userManage.asyncUpdateUsername({ username });
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

  return {
    profile,
    settings,
    failed,
    name,
    load,
    refresh,
    saveProfile,
    saveUsername,
    saveAvatar,
    removeAvatar,
    saveSettings,
  };
});
