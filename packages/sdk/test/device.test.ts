import { expect, test } from 'vitest';
import { say, texts, town } from './people.ts';
import { profile, until } from './support.ts';

const { person, device } = town();

test('where tabs cannot be told apart the session lives in memory and says so', async () => {
  const ada = await person('ada', { platform: { ...profile(), locks: undefined } });
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toHaveLength(1);
  const bob = await person('bob');
  await say(bob, ada, 'hello');
  await until(() => texts(ada, bob).length === 1, 'arrived');
});

test('where the database cannot be opened the session lives in memory and says so', async () => {
  const broken = {
    open() {
      throw new DOMException('private mode', 'SecurityError');
    },
  };
  const ada = await person('ada', { platform: { ...profile(), indexedDB: broken as unknown as IDBFactory } });
  const [notice] = ada.of('flooNotice').filter((one) => one.category === 'STORAGE');
  expect(notice?.desc).toContain('private mode');
  const bob = await person('bob');
  await say(ada, bob, 'hello');
  await until(() => texts(bob, ada).length === 1, 'arrived');
});

test('a database that is taken away while in use costs nothing of this session', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  await say(bob, ada, 'before');
  await until(() => texts(ada, bob).length === 1, 'arrived');
  // Another page upgrades or deletes it: the connection has to close.
  await new Promise((resolve, reject) => {
    const request = platform.indexedDB?.deleteDatabase(`flooim:flooim:${ada.uid}:0`);
    if (!request) return reject(new Error('no database'));
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  await say(bob, ada, 'after');
  await until(() => texts(ada, bob).join() === 'before,after', 'both');
  await say(ada, bob, 'answer');
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toHaveLength(1);
  await ada.im.dispose();
  // The server heard of what the database never had: under a new name the device gets it again.
  const again = await device(ada, { platform });
  await until(() => texts(again, bob).join() === 'before,after,answer', 'everything again');
});

test('storage can be memory by choice, without a word', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, storage: 'memory' });
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toEqual([]);
  expect(await platform.indexedDB?.databases()).toEqual([]);
});

test('conversations that were not read at the start are read when asked for', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  for (let i = 0; i < 60; i++) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `m${i}` });
  await until(() => texts(bob, ada).length === 60, 'all arrived');
  await until(
    () => ada.of('onSendingMessageStatusChanged').filter((one) => one.status === 'sent').length === 60,
    'sent',
  );
  await ada.im.dispose();
  const again = await device(ada, { platform });
  expect(texts(again, bob)).toEqual(Array.from({ length: 50 }, (_, i) => `m${i + 10}`));
  const oldest = again.im.rosterManage.getRosterMessageByRid(bob.uid)[0]?.id as string;
  await again.im.sysManage.requireHistoryMessage(bob.uid, oldest, 50);
  expect(texts(again, bob)).toHaveLength(60);
});
