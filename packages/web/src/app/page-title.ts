import { nextTick, ref } from 'vue';
import { type Router, useRouter } from 'vue-router';
import { conversationName } from '../conversation/conversation-name.ts';

/** What the page before the user is called; the window's title has it, and it is said when it changes. */
export const pageTitle = ref('');

async function titleOf(router: Router): Promise<string> {
  const { name, params } = router.currentRoute.value;
  if (name === 'chat' && !params.about) return conversationName(Number(params.id));
  await nextTick();
  const headings = document.querySelectorAll('main h1');
  return headings[headings.length - 1]?.textContent?.trim() ?? '';
}

/** Keeps the title; to be called once. */
export function usePageTitle(): void {
  const router = useRouter();
  router.afterEach(async (to) => {
    const title = await titleOf(router);
    if (router.currentRoute.value.fullPath === to.fullPath) pageTitle.value = title;
  });
}
