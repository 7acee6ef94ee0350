import '../ui/base.css';
import { createApp } from 'vue';
import { followTheme } from '../app/theme.ts';
import { i18n, preferredLocale } from '../i18n/i18n.ts';
import { renew } from './instance.ts';
import PlayPage from './PlayPage.vue';
import { useWords } from './words.ts';

followTheme();
const appid = document.querySelector<HTMLMetaElement>('meta[name=flooim-appid]')?.content ?? 'flooim';
renew({ appid: new URL(location.href).searchParams.get('appid') ?? appid, server: location.origin });
await useWords(preferredLocale());
createApp(PlayPage).use(i18n).mount('#app');
