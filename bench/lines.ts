import type { Socket } from 'node:net';
import type { Vsn } from '@flooim/protocol';
import { type Login, openRawLine, RawClient, type RawLine } from '@flooim/testkit';
import { WebSocket } from 'ws';

/** Opens a connection to the server; `url` is the server's, as http. */
export type OpenLine = (url: string) => Promise<RawLine>;
/** Opens one to a relay: what is sent on it arrives at the line of the name `to`; `everybody` is all that have a name. */
export type OpenRelayLine = (url: string, to: string, own?: string) => Promise<RawLine>;
/** Opens one to the server and logs in. */
export type OpenClient = (url: string, login: Login, vsn: Vsn) => Promise<RawClient>;

/** As the server's handshake tells deployed clients. */
const pingEveryMs = 25_000;
const header = Buffer.from('451-["frame",{"_placeholder":true,"num":0}]');

export const openXsyncLine: OpenLine = (url) => openRawLine(url, 'xsync');
export const openSocketIoLine: OpenLine = (url) => openEngine3(url, '');

export const openXsyncClient: OpenClient = (url, login, vsn) => signIn(openXsyncLine(url), login, vsn);
export const openSocketIoClient: OpenClient = (url, login, vsn) => signIn(openSocketIoLine(url), login, vsn);

export const openBareLine: OpenRelayLine = async (url, to, own) => {
  const address = `${url.replace(/^http/, 'ws')}/to/${to}${own ? `/as/${own}` : ''}`;
  const socket = new WebSocket(address, { perMessageDeflate: false });
  const line: RawLine = {
    socket,
    send: (frame) => socket.send(frame),
    close: () => socket.close(),
    onFrame: () => {},
  };
  socket.on('message', (data) => line.onFrame(data as Buffer));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return line;
};

export const openSocketIoRelayLine: OpenRelayLine = (url, to, own) =>
  openEngine3(url, `&to=${to}${own ? `&own=${own}` : ''}`);

async function signIn(line: Promise<RawLine>, login: Login, vsn: Vsn): Promise<RawClient> {
  const client = new RawClient(await line, vsn);
  await client.provision(login);
  return client;
}

/** What a deployed client says and hears, without its library, which would be measured instead of the server. */
async function openEngine3(url: string, query: string): Promise<RawLine> {
  let tcp: Socket | undefined;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=3&transport=websocket${query}`, {
    perMessageDeflate: false,
  });
  socket.once('upgrade', (response) => {
    tcp = response.socket;
  });
  const line: RawLine = {
    socket,
    send: (frame) => {
      const message = Buffer.allocUnsafe(frame.length + 1);
      message[0] = 4;
      message.set(frame, 1);
      tcp?.cork();
      socket.send(header, { binary: false });
      socket.send(message);
      tcp?.uncork();
    },
    close: () => socket.close(),
    onFrame: () => {},
  };
  const pings = setInterval(() => socket.send('2'), pingEveryMs);
  socket.on('close', () => clearInterval(pings));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data, isBinary) => {
      if (isBinary) line.onFrame((data as Buffer).subarray(1));
      else if (String(data) === '40') resolve();
    });
  });
  return line;
}
