import './ui/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { errorText } from './app/error-text.ts';
import { fetchFirstPages, router } from './app/router.ts';
import { followTheme } from './app/theme.ts';
import { startWorker } from './app/worker/app-worker.ts';
import { followInstallPrompt } from './app/worker/install.ts';
import { i18n, preferredLocale, useLocale } from './i18n/i18n.ts';
import { useSession } from './session/session-store.ts';
import { toast } from './ui/toasts.ts';

followTheme();
followInstallPrompt();

const app = createApp(App).use(createPinia()).use(i18n);
// What no component expected: say so, and leave the trace to whoever looks.
app.config.errorHandler = (error) => {
  console.error(error);
  toast(errorText(error), 'error');
};

fetchFirstPages();
// The first paint waits for no network beyond the app's own files. What this device has is read meanwhile.
useSession();
await useLocale(preferredLocale());

app.use(router).mount('#app');
void startWorker();
