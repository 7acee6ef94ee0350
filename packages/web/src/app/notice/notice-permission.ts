import { ref } from 'vue';

/** `unsupported`: no such thing here, or a page without https, where browsers have none. */
export type NoticePermission = NotificationPermission | 'unsupported';

const present = (): NoticePermission =>
  'Notification' in globalThis && isSecureContext ? Notification.permission : 'unsupported';

/** Whether the browser lets this app notify. */
export const noticePermission = ref<NoticePermission>(present());

/** People change it in the browser's own settings, too. */
export function readNoticePermission(): void {
  noticePermission.value = present();
}

/** Opens the browser's question: only from a click or a key, and only while it was not answered yet. */
export async function askNoticePermission(): Promise<NoticePermission> {
  if (present() === 'default') await Notification.requestPermission();
  readNoticePermission();
  return noticePermission.value;
}
