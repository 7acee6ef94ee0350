import { registerUsers, SdkDevice, startServer, until } from '@flooim/testkit';
import { createPinia, setActivePinia } from 'pinia';
import { vi } from 'vitest';
// Looks whether there is a document when it is loaded: before one is pretended.
import 'vue';
import { memoryStorage } from './memory-storage.ts';

/**
 * What the stores find in a page where Alice is signed in, with a real server behind it; Bob, her friend, is on a device of
 * his own. The stores are to be imported once it stands.
 */
export async function openSignedInPage() {
  const server = await startServer();
  const [alice, bob] = await registerUsers(server.url, { friends: true });
  if (!alice || !bob) throw new Error('the users are missing');
  const events = new EventTarget();
  const storage = memoryStorage();
  const globals = {
    location: new URL(server.url),
    localStorage: storage,
    sessionStorage: memoryStorage(),
    document: Object.assign(new EventTarget(), { hidden: true, querySelector: () => null, documentElement: {} }),
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  };
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  setActivePinia(createPinia());
  const { im } = await import('../src/im.ts');
  await (await import('../src/i18n/i18n.ts')).useLocale('en');
  const { useSession } = await import('../src/session/session-store.ts');
  const session = useSession();
  await session.started;
  await session.login(alice.name, alice.password);
  await until(() => im.connection.state.name === 'online', 'Alice to be online');
  const bobsPhone = new SdkDevice({ url: server.url, name: 'Bob’s phone' });
  await bobsPhone.login(bob.name, bob.password);
  return {
    im,
    alice,
    bob: { uid: bob.uid, phone: bobsPhone },
    storage,
    async close() {
      await Promise.all([im.dispose(), bobsPhone.dispose()]);
      await server.close();
      vi.unstubAllGlobals();
    },
  };
}
