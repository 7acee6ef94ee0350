import './ui/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.ts';
import { followTheme } from './app/theme.ts';
import { i18n, preferredLocale, useLocale } from './i18n/i18n.ts';
import { useSession } from './session/session-store.ts';

followTheme();

const app = createApp(App).use(createPinia()).use(i18n);

// Both come from this device: the first paint waits for no network beyond the app's own files.
await Promise.all([useLocale(preferredLocale()), useSession().start()]);

app.use(router).mount('#app');
