import { shallowRef } from 'vue';

/** What Chromium offers: the browser's own question whether to install the app. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

/** Null: the browser has no such question, the app is installed, or it was asked already. */
export const installPrompt = shallowRef<InstallPrompt | null>(null);

/** Keeps the question until somebody wants it; the browser's own bar would come at a bad moment. */
export function followInstallPrompt(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installPrompt.value = event as InstallPrompt;
  });
  addEventListener('appinstalled', () => (installPrompt.value = null));
}

/** From a click only. */
export async function installApp(): Promise<void> {
  const asked = installPrompt.value;
  if (!asked) return;
  installPrompt.value = null;
  await asked.prompt();
}
