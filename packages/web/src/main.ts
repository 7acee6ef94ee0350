import './ui/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { errorText } from './app/error-text.ts';
import { router } from './app/router.ts';
import { followTheme } from './app/theme.ts';
import { i18n, preferredLocale, useLocale } from './i18n/i18n.ts';
import { useSession } from './session/session-store.ts';
import { toast } from './ui/toasts.ts';

followTheme();

const app = createApp(App).use(createPinia()).use(i18n);
// What no component expected: say so, and leave the trace to whoever looks.
app.config.errorHandler = (error) => {
  console.error(error);
  toast(errorText(error), 'error');
};

// Both come from this device: the first paint waits for no network beyond the app's own files.
await Promise.all([useLocale(preferredLocale()), useSession().start()]);

app.use(router).mount('#app');
