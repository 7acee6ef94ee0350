import { rmSync } from 'node:fs';
import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import {
  callRest,
  RawClient,
  type SeededUser,
  type SpawnedServer,
  seedUsers,
  spawnServer,
  temporaryFolder,
} from '@flooim/testkit';

export interface CrowdedServer {
  server: SpawnedServer;
  /** The one whom all the others have written to. */
  name: string;
  password: string;
  /** Writes once more, as the oldest of the others. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

const password = 'correct-horse-1';
const atOnce = 16;

/** A server on which one person has that many conversations, with so many messages in each. */
export async function crowdedServer(count: number, messages: number): Promise<CrowdedServer> {
  const data = temporaryFolder();
  const others = await seedUsers(data, count, 'person');
  const server = await spawnServer({ data, args: ['--messages-per-sec', '1000000', '--message-burst', '1000000'] });
  await callRest(server.url, 'userRegister', { username: 'alice', password });
  const { user_id: uid } = await callRest(server.url, 'tokenByName', { name: 'alice', password });
  const queue = [...others];
  const writeAll = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { uid: writer } = next;
      await write(
        server,
        next,
        uid,
        Array.from({ length: messages }, (_, i) => words(writer, i + 1)),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writeAll));
  const [oldest] = others as [SeededUser];
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(data, { recursive: true, force: true });
  };
  return { server, name: 'alice', password, write: (text) => write(server, oldest, uid, [text]), close };
}

const words = (writer: number, n: number): string =>
  `Message ${n} of ${writer}: the slides are ready, have a look when you can.`;

async function write(server: SpawnedServer, from: SeededUser, to: number, texts: readonly string[]): Promise<void> {
  const client = await RawClient.login(server.url, from);
  const first = Date.now();
  for (const [i, content] of texts.entries()) {
    const payload = encodeMessageBody({ type: MessageType.NORMAL, content });
    const meta = { id: first + i, from: { uid: from.uid }, to: { uid: to }, ns: Namespace.MESSAGE, payload };
    const answered = i === texts.length - 1 ? client.nextSync(({ clientMid }) => clientMid === first + i) : undefined;
    client.sync({ meta });
    await answered;
  }
  client.close();
}
