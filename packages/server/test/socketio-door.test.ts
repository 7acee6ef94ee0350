import { Command, decodeFrame, encodeFrame, Vsn } from '@flooim/protocol';
import { socketIoClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { texts } from './support/phone.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat();
});
afterAll(() => chat.close());

describe.each(['socketio2', 'socketio4'] as const)('the Socket.IO door, with the client of %s', (door) => {
  test.each([Vsn.V1, Vsn.V2])('carries messages both ways in version %s of the protocol', async (vsn) => {
    const alice = await chat.phone(chat.alice, `${door} ${vsn}`, vsn, door);
    const bob = await chat.phone(chat.bob, `${door} ${vsn}`, vsn, door);
    const answer = await alice.text(chat.bob.uid, `by ${door}`);
    expect(answer).toMatchObject({ status: { code: 1 }, clientMid: expect.any(Number), serverMid: expect.any(Number) });
    if (vsn === Vsn.V2) await bob.pushedText(`by ${door}`);
    else expect(texts(await bob.pull(chat.alice.uid)).at(-1)).toBe(`by ${door}`);
    await bob.text(chat.alice.uid, `back by ${door}`);
    if (vsn === Vsn.V2) await alice.pushedText(`back by ${door}`);
    else expect(texts(await alice.pull(chat.bob.uid)).at(-1)).toBe(`back by ${door}`);
    alice.raw.close();
    bob.raw.close();
  });
});

describe.each([2, 4] as const)('the library of version %i', (version) => {
  test.each([false, true])('gets its answer, by base64: %s', async (forceBase64) => {
    const client = socketIoClient(chat.url, version, { forceBase64, reconnection: false });
    const answer = new Promise<Uint8Array>((resolve) => client.on('frame', resolve));
    await new Promise<void>((resolve) => client.on('connect', resolve));
    const unread = encodeFrame({ vsn: Vsn.V1, command: Command.UNREAD, payload: new Uint8Array() });
    client.emit('frame', Buffer.from(unread));
    expect(decodeFrame(await answer).command).toBe(Command.UNREAD);
    client.close();
  });

  test('is refused a namespace in words that it understands', async () => {
    const client = socketIoClient(`${chat.url}/admin`, version, { reconnection: false });
    const refused = await new Promise<unknown>((resolve) => {
      client.on('error' as 'connect_error', resolve);
      client.on('connect_error', resolve);
    });
    expect(refused instanceof Error ? refused.message : refused).toBe('Invalid namespace');
    client.close();
  });
});
