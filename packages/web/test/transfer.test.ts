import { describe, expect, test } from 'vitest';
import { typeOf } from '../src/transfer/picked-files.ts';
import {
  type FileTransfer,
  isUnfinished,
  type Transfer,
  type TransferState,
  toSend,
} from '../src/transfer/transfer.ts';

const [bob, carol] = [2, 3];

function file(id: number, state: TransferState, uid = bob): FileTransfer {
  const picked = { id, file: new File(['x'], `${id}.bin`), type: 'file', look: null } as const;
  return { kind: 'file', id, uid, at: 0, picked, state, loaded: 0, total: 1, lost: 0, problem: null, arrived: null };
}

const words = (id: number, uid = bob): Transfer => ({ kind: 'words', id, uid, at: 0, text: 'and this' });
const ids = (transfers: Transfer[]): number[] => transfers.map(({ id }) => id);

describe('what becomes a message', () => {
  test('keeps the order in which it was sent, whichever upload is done first', () => {
    expect(ids(toSend([file(1, 'sending'), file(2, 'arrived'), words(3)]))).toEqual([]);
    expect(ids(toSend([file(1, 'arrived'), file(2, 'sending'), file(3, 'arrived')]))).toEqual([1]);
    expect(ids(toSend([file(1, 'arrived'), file(2, 'arrived'), words(3)]))).toEqual([1, 2, 3]);
  });

  test('waits for nobody in another conversation', () => {
    expect(ids(toSend([file(1, 'waiting', carol), file(2, 'arrived'), words(3, carol)]))).toEqual([2]);
  });

  test('is not held up by what failed', () => {
    expect(ids(toSend([file(1, 'failed'), file(2, 'arrived'), words(3)]))).toEqual([2, 3]);
  });
});

test('leaving the page is asked about while something would be lost', () => {
  expect(isUnfinished([])).toBe(false);
  expect(isUnfinished([file(1, 'failed')])).toBe(false);
  for (const state of ['sending', 'waiting', 'arrived'] as const) expect(isUnfinished([file(1, state)])).toBe(true);
  expect(isUnfinished([words(1)])).toBe(true);
});

test('only what every browser shows is sent as a picture or a video', () => {
  expect(['image/jpeg', 'image/png', 'image/webp', 'image/gif'].map(typeOf)).toEqual(Array(4).fill('image'));
  expect(['video/mp4', 'video/webm'].map(typeOf)).toEqual(['video', 'video']);
  expect(['image/svg+xml', 'image/heic', 'text/html', 'audio/mpeg', ''].map(typeOf)).toEqual(Array(5).fill('file'));
});
