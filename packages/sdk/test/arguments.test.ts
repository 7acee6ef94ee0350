import { FlooError, flooim } from 'flooim';
import { afterEach, expect, test } from 'vitest';
import { town } from './people.ts';
import { closeAll, open } from './support.ts';

const { person, config } = town();
afterEach(closeAll);

const bad = (field: string, code = 'INVALID_PARAMETER') => expect.objectContaining({ name: 'FlooError', code, field });

test('a bad config names the field', () => {
  const cases: [unknown, string][] = [
    [undefined, 'config'],
    [{}, 'config.appid'],
    [{ appid: '' }, 'config.appid'],
    [{ appid: 'a' }, 'config.dnsServer'],
    [{ appid: 'a', dnsServer: 'nonsense' }, 'config.dnsServer'],
    [{ appid: 'a', dnsServer: 'http://x/app_dns', storage: 'disk' }, 'config.storage'],
    [{ appid: 'a', dnsServer: 'http://x/app_dns', transport: 'polling' }, 'config.transport'],
    [{ appid: 'a', dnsServer: 'http://x/app_dns', deviceName: 5 }, 'config.deviceName'],
    [{ appid: 'a', dnsServer: 'http://x/app_dns', sessionName: '' }, 'config.sessionName'],
  ];
  for (const [given, field] of cases) expect(() => flooim(given as never)).toThrow(bad(field, 'INVALID_CONFIG'));
  const noSocket = { appid: 'a', dnsServer: 'http://x/app_dns', platform: { WebSocket: undefined } };
  expect(() => flooim(noSocket)).toThrow(bad('config.WebSocket', 'UNSUPPORTED'));
});

test('a page needs no DNS server of its own', () => {
  const im = flooim({ appid: 'a', platform: { origin: 'https://im.example.org' } });
  void im.dispose();
});

test('bad arguments of sending throw at once', async () => {
  const { im, uid } = await person('ada');
  const { sysManage, rosterManage } = im;
  const cases: [() => unknown, string][] = [
    [() => sysManage.sendRosterMessage(undefined as never), 'msg'],
    [() => sysManage.sendRosterMessage({ uid: 'x' }), 'msg.uid'],
    [() => sysManage.sendRosterMessage({ uid }), 'msg.uid'],
    [() => sysManage.sendRosterMessage({ uid: 7, type: 'odd' as never }), 'msg.type'],
    [() => sysManage.sendRosterMessage({ uid: 7, content: 5 as never }), 'msg.content'],
    [() => sysManage.sendRosterMessage({ uid: 7, content: '中'.repeat(6000) }), 'msg.content'],
    [() => sysManage.sendRosterMessage({ uid: 7, ext: 5 as never }), 'msg.ext'],
    [() => sysManage.sendRosterMessage({ uid: 7, attachment: 'x'.repeat(5000) }), 'msg.attachment'],
    [() => sysManage.sendInputStatusMessage(7, 'dancing' as never), 'status'],
    [() => sysManage.forwardMessage({ uid: 7, mid: 1 }), 'param.mid'],
    [() => sysManage.getMessageStatus(0, 1), 'cid'],
    [() => sysManage.deleteConversation(-1), 'id'],
    [() => sysManage.resendMessage(7, 1), 'mid'],
    [() => rosterManage.readRosterMessage(1.5), 'roster_id'],
    [() => rosterManage.recallMessage(7, 'x'), 'mid'],
    [() => rosterManage.getRosterMessageByRid(undefined as never), 'uid'],
    [() => im.on('flooNotice', undefined as never), 'ext'],
    [() => im.on({ flooNotice: 5 as never }), 'options.flooNotice'],
  ];
  for (const [call, field] of cases) expect(call).toThrow(bad(field));
});

test('bad arguments of asynchronous calls reject', async () => {
  const { im } = await person('ada');
  const { sysManage, rosterManage, userManage } = im;
  const cases: [() => Promise<unknown>, string][] = [
    [() => rosterManage.asyncGetRosterInfo(0), 'roster_id'],
    [() => rosterManage.asyncDeleteRoster({} as never), 'params.user_id'],
    [() => rosterManage.asyncDeleteRoster(undefined as never), 'params'],
    [() => rosterManage.asnycGetRosterListDetailByIds(5 as never), 'roster_ids'],
    [() => rosterManage.asyncRegester({ username: 'x' } as never), 'params.password'],
    [() => rosterManage.asyncApply({ user_id: 7, alias: 5 as never }), 'params.alias'],
    [() => userManage.asyncUpdateSettings({ auth_mode: 9 as never }), 'params.auth_mode'],
    [() => userManage.asyncUpdateSettings({ no_sounds: 'yes' as never }), 'params.no_sounds'],
    [() => userManage.asyncUpdateNickName({ nick_name: 'x'.repeat(65) }), 'params.nick_name'],
    [() => sysManage.requireHistoryMessage(0), 'uid'],
    [() => sysManage.requireHistoryMessage(7, 0, 0), 'amount'],
    [() => rosterManage.asnycGetRosterListDetailByIds(Array(5001).fill(7)), 'roster_ids'],
    [() => userManage.asyncSetDraft({ conversation_id: 7, draft: 'x'.repeat(2001) }), 'params.draft'],
    [() => im.waitForLoginCode('x', null as never), 'options'],
    [() => im.waitForLoginCode('x', { signal: {} as never }), 'options.signal'],
    [() => open(config()).im.login({ name: 'x' } as never), 'opt.password'],
    [() => open(config()).im.tokenLogin({ user_id: 1 } as never), 'opt.token'],
  ];
  for (const [call, field] of cases)
    await expect(call(), field).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field });
  expect(im.userManage.getConversationList()).toEqual([]);
});

test('signed out, getters are empty and everything else says to log in', async () => {
  const { im } = open(config());
  expect(im.userManage.getUid()).toBe(0);
  expect(im.userManage.getConversationList()).toEqual([]);
  expect(im.rosterManage.getRosterMessageByRid(5)).toEqual([]);
  expect(im.rosterManage.getUnreadCount(5)).toBe(0);
  expect(() => im.rosterManage.readRosterMessage(5)).toThrow(expect.objectContaining({ code: 'NOT_LOGGED_IN' }));
  await expect(im.rosterManage.asyncGetRosterIdList()).rejects.toBeInstanceOf(FlooError);
  await expect(im.userManage.asyncGetProfile()).rejects.toMatchObject({ code: 'NOT_LOGGED_IN' });
});
