import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { flooim, type PlatformOptions, type SocketLike } from 'flooim';
import { expect, test } from 'vitest';
import { fakeWorld, push, signIn, text } from './fake-server.ts';
import { settle } from './fakes.ts';
import { say, town } from './people.ts';
import { open, password, profile, until, watch } from './support.ts';

const { person, config } = town();

/** A platform that counts what is open: timers, sockets, wake-ups, requests. */
function counting() {
  const timers = new Set<unknown>();
  const sockets = new Set<object>();
  let wakeUps = 0;
  let requests = 0;
  const platform: PlatformOptions = {
    ...profile(),
    clock: {
      now: Date.now,
      setTimeout(run, ms) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          run();
        }, ms);
        timers.add(timer);
        return timer;
      },
      clearTimeout(timer) {
        timers.delete(timer);
        clearTimeout(timer as number);
      },
    },
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.add(this);
        this.addEventListener('close', () => sockets.delete(this));
      }
    } as unknown as new (
      url: string,
    ) => SocketLike,
    wakeUps: () => {
      wakeUps += 1;
      return () => {
        wakeUps -= 1;
      };
    },
    fetch: async (input, init) => {
      requests += 1;
      try {
        return await fetch(input, init);
      } finally {
        requests -= 1;
      }
    },
  };
  return { platform, open: () => ({ timers: timers.size, sockets: sockets.size, wakeUps, requests }) };
}

const nothing = { timers: 0, sockets: 0, wakeUps: 0, requests: 0 };

test('dispose leaves no timer, socket, listener or request, and no event comes after it', async () => {
  const count = counting();
  const ada = await person('ada', { platform: count.platform });
  const bob = await person('bob');
  await say(bob, ada, 'one');
  await ada.next('onRosterMessage');
  void ada.im.sysManage.requireHistoryMessage(bob.uid);
  ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'x' });
  await ada.im.dispose();
  await until(() => JSON.stringify(count.open()) === JSON.stringify(nothing), 'nothing is open');
  const heard = ada.heard.length;
  await say(bob, ada, 'two');
  expect(ada.heard).toHaveLength(heard);
});

test('no event comes after a logout or a dispose, not even those of the change whose listener ends it', async () => {
  for (const end of ['logout', 'dispose'] as const) {
    const world = fakeWorld();
    const socket = await signIn(world);
    let ended = Infinity;
    world.im.on('onRosterMessage', () => {
      void world.im[end]();
      ended = Math.min(ended, world.heard.length);
    });
    push(socket, 0, text(1), text(2));
    await settle();
    expect(world.heard.slice(ended)).toEqual([]);
    expect(world.of('onRosterMessage')).toHaveLength(1);
  }
});

test('dispose in the middle of a login ends it', async () => {
  const ada = await person('ada');
  for (const steps of [0, 1, 5, 20, 60]) {
    const count = counting();
    const im = flooim(config({ platform: count.platform }));
    const { of } = watch(im);
    const login = im.login({ name: ada.name, password });
    for (let i = 0; i < steps; i++) await new Promise((resolve) => setImmediate(resolve));
    await im.dispose();
    await login.catch(() => {});
    await until(() => JSON.stringify(count.open()) === JSON.stringify(nothing), 'nothing is open');
    expect(of('loginFail')).toEqual([]);
  }
});

test('after dispose the getters still answer and calls say that it was disposed', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await say(ada, bob, 'one');
  await ada.im.dispose();
  await ada.im.dispose();
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toHaveLength(1);
  expect(() => ada.im.sysManage.sendRosterMessage({ uid: bob.uid })).toThrow(
    expect.objectContaining({ code: 'DISPOSED' }),
  );
  await expect(ada.im.login({ name: ada.name, password })).rejects.toMatchObject({ code: 'DISPOSED' });
});

test('an instance that is disposed at once, as strict mode does, leaves its slot to the next', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  await ada.im.dispose();
  const settings = config({ platform, autoLogin: true });
  void flooim(settings).dispose();
  const second = open(settings);
  expect(await second.im.ready).toBe(true);
  await second.next('loginSuccess');
  const databases = (await platform.indexedDB?.databases())?.map((database) => database.name);
  expect(databases).toEqual([`flooim:flooim:${ada.uid}:0`]);
});

test('several instances in one page know nothing of each other', async () => {
  const [ada, bob] = [await person('ada'), await person('bob')];
  await say(ada, bob, 'hello');
  await bob.next('onRosterMessage');
  expect(ada.of('onRosterMessage')).toEqual([]);
  await ada.im.dispose();
  expect(bob.im.isLogin()).toBe(true);
});

test('importing touches no global', async () => {
  const script = `
    for (const name of ['fetch', 'WebSocket', 'navigator', 'crypto', 'performance', 'setInterval', 'localStorage',
      'indexedDB', 'AbortController', 'URL', 'document', 'self', 'window']) delete globalThis[name];
    const before = Object.getOwnPropertyNames(globalThis).join();
    const sdk = await import('flooim');
    if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('a global was added');
    process.stdout.write(typeof sdk.flooim);`;
  const args = ['--conditions=flooim-source', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: new URL('.', import.meta.url) });
  expect(stdout).toBe('function');
});
