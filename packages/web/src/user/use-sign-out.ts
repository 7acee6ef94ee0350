import { ref } from 'vue';
import { useRouter } from 'vue-router';
import { errorText } from '../app/error-text.ts';
import { t } from '../i18n/i18n.ts';
import { useAccounts } from '../session/accounts-store.ts';
import type { KeptAccount } from '../session/kept-accounts.ts';
import { useSession } from '../session/session-store.ts';
import { confirm } from '../ui/confirm.ts';
import { toast } from '../ui/toasts.ts';

/** Signing out of an account of this browser, after a word about what stays. */
export function useSignOut() {
  const session = useSession();
  const accounts = useAccounts();
  const router = useRouter();

  async function asked(title: string): Promise<{ forget: boolean } | null> {
    const forget = ref(false);
    const option = { label: t('settings.forget'), text: t('settings.forgetText'), chosen: forget };
    const yes = await confirm({ title, text: t('settings.signOutText'), act: t('settings.signOut'), option });
    return yes ? { forget: forget.value } : null;
  }

  async function signOut(): Promise<void> {
    const choice = await asked(t('settings.signOutTitle'));
    if (!choice) return;
    await session.signOut(choice);
    await router.push('/login');
  }

  async function signOutOther(account: KeptAccount): Promise<void> {
    const choice = await asked(t('accounts.signOutTitle', { name: account.name }));
    if (!choice) return;
    try {
      await accounts.signOut(account, choice);
      if (choice.forget) session.forgetTraces(account);
      toast(t('device.signedOut', { name: account.name }));
    } catch (error) {
      toast(errorText(error), 'error');
    }
  }

  return { signOut, signOutOther };
}
