import {
  Command,
  ConversationOperationType,
  encodeConversation,
  encodeMessageBody,
  errors,
  MessageType,
  Namespace,
  OperationType,
  StatusCode,
  type SyncDL,
  Vsn,
} from '@flooim/protocol';
import { RawClient } from '../raw-client.ts';
import type { Person, World } from './world.ts';

/** More than any of the numbers that the protocol has. */
const numbersTried = 24;

/** How each number of a kind is named, and how it is sent; `refusal`: what a server says that does not serve it. */
interface Probe {
  kind: string;
  names: Readonly<Record<string, number>>;
  refusal: (number: number) => string;
  send: (client: RawClient, number: number, person: Person) => void;
}

const mid = 1;

const probes: readonly Probe[] = [
  {
    kind: 'command',
    names: Command,
    refusal: () => errors.unknownCommand.text,
    send: (client, number) => client.send(number as Command),
  },
  {
    kind: 'namespace',
    names: Namespace,
    refusal: (number) => `namespace ${number} is unknown`,
    send: (client, number, { uid }) =>
      client.sync({ meta: { id: 1, ns: number as Namespace, to: { uid }, payload: encodeMessageBody({}).slice() } }),
  },
  {
    kind: 'operation',
    names: OperationType,
    refusal: () => 'operation.type',
    send(client, number, { uid }) {
      const operation = { type: number as OperationType, mid, xid: { uid } };
      const payload = encodeMessageBody({ type: MessageType.OPER, operation }).slice();
      client.sync({ meta: { id: 1, ns: Namespace.MESSAGE, to: { uid }, payload } });
    },
  },
  {
    kind: 'conversation',
    names: ConversationOperationType,
    refusal: () => 'operation.type',
    send(client, number, { uid }) {
      const operation = { type: number as ConversationOperationType, xid: { uid } };
      const payload = encodeConversation({ operation }).slice();
      client.sync({ meta: { id: 1, ns: Namespace.CONVERSATION, payload } });
    },
  },
];

/** The kinds of frames that the server's dispatch serves: all numbers are tried, also those that the protocol does not name. */
export async function servedFrames(world: World): Promise<string[]> {
  const person = await world.person();
  const served: string[] = [];
  for (const probe of probes) {
    for (let number = 0; number < numbersTried; number++) {
      if (await isServed(world, person, probe, number)) served.push(nameOf(probe, number));
    }
  }
  return served;
}

function nameOf({ kind, names }: Probe, number: number): string {
  return `${kind} ${Object.keys(names).find((name) => names[name] === number) ?? number}`;
}

/** Each on a connection of its own: some end it. */
async function isServed(world: World, person: Person, probe: Probe, number: number): Promise<boolean> {
  const client = await RawClient.login(world.url, { ...person, guid: `probe ${probe.kind} ${number}` }, Vsn.V2);
  try {
    const refused = new Promise<boolean>((resolve) => {
      client.onSync = ({ status }: SyncDL) => resolve(isRefusal(status, probe.refusal(number)));
      client.onUnread = () => resolve(false);
      client.onNotice = () => resolve(false);
      client.onClose = () => resolve(false);
    });
    probe.send(client, number, person);
    return !(await refused);
  } finally {
    client.terminate();
  }
}

function isRefusal(status: SyncDL['status'], words: string): boolean {
  const isOfKind = status?.code === StatusCode.INVALID_PARAMETER || status?.code === StatusCode.UNKNOWN_COMMAND;
  return isOfKind && status.reason.includes(words);
}
