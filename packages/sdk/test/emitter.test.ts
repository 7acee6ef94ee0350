import { afterEach, expect, test } from 'vitest';
import { Emitter } from '../src/event/emitter.ts';
import { closeAll, open } from './support.ts';

afterEach(closeAll);

test('a listener is called once for each event, however often it was added', () => {
  const emitter = new Emitter();
  const got: number[] = [];
  const listener = (cid: number) => void got.push(cid);
  emitter.on('onUnreadChange', listener);
  emitter.on('onUnreadChange', listener);
  emitter.emit('onUnreadChange', 5);
  expect(got).toEqual([5]);
});

test('what on returns ends it, and ending it twice does nothing', () => {
  const emitter = new Emitter();
  const got: number[] = [];
  const stop = emitter.on('onUnreadChange', (cid) => void got.push(cid));
  stop();
  stop();
  emitter.emit('onUnreadChange', 5);
  expect(got).toEqual([]);
});

test('a listener that throws is reported and the others still run', () => {
  const emitter = new Emitter();
  const got: unknown[] = [];
  emitter.on('flooError', (error) => void got.push(error));
  emitter.on('flooError', () => {
    throw new Error('this one is lost');
  });
  emitter.on('onUnreadChange', () => {
    throw new Error('boom');
  });
  emitter.on('onUnreadChange', (cid) => void got.push(cid));
  emitter.emit('onUnreadChange', 5);
  expect(got).toEqual([{ category: 'LISTENER', desc: 'onUnreadChange: Error: boom' }, 5]);
});

test('a listener removed while an event runs is still called for it, one added is not', () => {
  const emitter = new Emitter();
  const got: string[] = [];
  const late = () => void got.push('late');
  const second = () => void got.push('second');
  emitter.on('recentlistUpdate', () => {
    emitter.off('recentlistUpdate', second);
    emitter.on('recentlistUpdate', late);
  });
  emitter.on('recentlistUpdate', second);
  emitter.emit('recentlistUpdate', undefined);
  expect(got).toEqual(['second']);
});

test('both documented forms of on and off match by identity', () => {
  const { im } = open({ appid: 'a', dnsServer: 'http://127.0.0.1:9/v2/app_dns' });
  const listeners = { flooNotice: () => {}, flooError: () => {} };
  const stop = im.on(listeners);
  im.off('flooNotice', listeners.flooNotice);
  im.off(listeners);
  stop();
  im.on('flooNotice', listeners.flooNotice);
  im.off('flooNotice');
});
