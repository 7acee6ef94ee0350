import {
  Command,
  ConversationOperationType,
  encodeConversation,
  MessageType,
  Namespace,
  OperationType,
  QoS,
  type Vsn,
} from '@flooim/protocol';
import { FrameLine } from '../frame-line.ts';
import type { Outcome } from '../roles.ts';
import type { Stage } from '../stage.ts';
import { callersWords, ownersWords, ownWords, targetsWords } from '../things.ts';

/** A kind of frame, sent in one way. */
export interface FrameRow {
  /** As `served-frames.ts` finds it, and with `about` as the table has it. */
  kind: string;
  about: string;
  /** Makes what the frame is about. */
  prepare: (stage: Stage) => Promise<{ to: number; mid: number }>;
  send: (line: FrameLine, about: { to: number; mid: number }, stage: Stage, vsn: Vsn) => Promise<Outcome>;
  /** Version 1 says it otherwise, in a way that has a row of its own. */
  isVersion2?: true;
}

const { READ_ACK, READ_ALL, READ_CANCEL, RECALL, DELETE, PLAY_ACK, APPEND, REPLACE } = OperationType;

const nothing = async () => ({ to: 0, mid: 0 });
const inGroup = (words: (stage: Stage) => Promise<number>) => async (stage: Stage) => {
  const mid = await words(stage);
  return { to: await stage.group(), mid };
};
const withTarget =
  (words: (stage: Stage) => Promise<{ uid: number; mid: number }>) =>
  async (stage: Stage): Promise<{ to: number; mid: number }> => {
    const { uid, mid } = await words(stage);
    return { to: uid, mid: mid || 1 };
  };
const toTarget = async (stage: Stage) => ({ to: (await stage.target).uid, mid: 0 });
const toGroup = async (stage: Stage) => ({ to: await stage.group(), mid: 0 });

const say =
  (type: MessageType): FrameRow['send'] =>
  (line, { to }, stage) =>
    line.write(to, { type, content: stage.text() });

/** Done to a message, for everybody or for the other one. */
const operate =
  (type: OperationType): FrameRow['send'] =>
  (line, { to, mid }) =>
    line.write(to, { type: MessageType.OPER, content: 'other words', operation: { type, mid } });

/** What concerns the caller alone. */
const keep =
  (type: OperationType): FrameRow['send'] =>
  (line, { to, mid }, { caller }) =>
    line.write(caller.uid, { type: MessageType.OPER, operation: { type, mid, xid: { uid: to } } });

const hide =
  (type: ConversationOperationType): FrameRow['send'] =>
  (line, { to }) =>
    line.writeMeta({
      ns: Namespace.CONVERSATION,
      payload: encodeConversation({ operation: { type, xid: { uid: to } } }).slice(),
    });

/** Whether the secret of the cell came with it. */
const read =
  (asked: { key?: number; isFullSync?: boolean; fullSyncNum?: number }): FrameRow['send'] =>
  async (line, { to }, { texts }) => {
    const answer = await line.read(to, asked);
    if (typeof answer === 'string') return answer;
    const told = answer.metas.map(({ payload }) => Buffer.from(payload).toString('latin1')).join(' ');
    return texts.some((text) => told.includes(text)) ? '+' : '0';
  };

const acknowledge: FrameRow['send'] = async (line, { to, mid }) => {
  const answer = await line.read(to, { key: mid, fullSyncNum: 1 });
  return typeof answer === 'string' ? answer : '+';
};

/** Whether the target sees that somebody types; it would have by the time that later frames are answered. */
const type: FrameRow['send'] = async (line, { to }, stage, vsn) => {
  const target = await stage.target;
  const ear = await FrameLine.connect(stage.world.url, vsn);
  await ear.signIn(target.token);
  const body = { type: MessageType.CHAT, ext: JSON.stringify({ input_status: stage.text() }), qos: QoS.AT_MOST_ONCE };
  line.typing(to, body);
  const answered = await line.frame(Command.UNREAD);
  await ear.frame(Command.UNREAD);
  ear.raw.terminate();
  if (answered !== '+') return answered;
  return ear.heard.some((bytes) => stage.texts.some((text) => Buffer.from(bytes).includes(text))) ? '+' : '.';
};

function frame(
  kind: string,
  about: string,
  prepare: FrameRow['prepare'],
  send: FrameRow['send'],
  isVersion2?: true,
): FrameRow {
  return { kind, about, prepare, send, isVersion2 };
}

export const frameRows: readonly FrameRow[] = [
  frame('command PROVISION', '', nothing, async (_line, _about, { token = '', world }, vsn) => {
    const line = await FrameLine.connect(world.url, vsn);
    const outcome = await line.signIn(token);
    line.raw.terminate();
    return outcome;
  }),
  frame('command UNREAD', '', nothing, (line) => line.frame(Command.UNREAD)),
  frame('command NOTICE', '', nothing, (line) => line.frame(Command.NOTICE)),
  frame('command SYNC', 'pull of the group', inGroup(ownersWords), read({})),
  frame('command SYNC', 'pull of what the target said', withTarget(targetsWords), read({})),
  frame('command SYNC', 'history of the group', inGroup(ownersWords), read({ isFullSync: true })),
  frame('command SYNC', 'history with the target', withTarget(targetsWords), read({ isFullSync: true })),
  frame('command SYNC', 'acknowledgement in the group', inGroup(ownersWords), acknowledge, true),
  frame('command SYNC', 'acknowledgement to the target', withTarget(targetsWords), acknowledge, true),

  frame('namespace MESSAGE', 'to the target', toTarget, say(MessageType.CHAT)),
  frame('namespace MESSAGE', 'to the group', toGroup, say(MessageType.GROUPCHAT)),
  frame('namespace MESSAGE', 'typing to the target', toTarget, type),

  frame('operation READ_ACK', 'in the group', inGroup(ownersWords), operate(READ_ACK)),
  frame('operation READ_ACK', 'with the target', withTarget(targetsWords), operate(READ_ACK)),
  frame('operation READ_ALL', 'in the group', inGroup(ownersWords), keep(READ_ALL)),
  frame('operation READ_ALL', 'with the target', withTarget(targetsWords), keep(READ_ALL)),
  frame('operation READ_CANCEL', 'in the group', inGroup(ownersWords), keep(READ_CANCEL)),
  frame('operation READ_CANCEL', 'with the target', withTarget(targetsWords), keep(READ_CANCEL)),
  frame('operation DELETE', 'in the group', inGroup(ownersWords), keep(DELETE)),
  frame('operation DELETE', 'with the target', withTarget(targetsWords), keep(DELETE)),
  frame('operation RECALL', "of the owner's words", inGroup(ownersWords), operate(RECALL)),
  frame('operation RECALL', 'of own words to the group', inGroup(ownWords), operate(RECALL)),
  frame('operation RECALL', "of the target's words", withTarget(targetsWords), operate(RECALL)),
  frame('operation RECALL', 'of own words to the target', withTarget(callersWords), operate(RECALL)),
  frame('operation PLAY_ACK', "of the target's words", withTarget(targetsWords), operate(PLAY_ACK)),
  frame('operation APPEND', "to the owner's words", inGroup(ownersWords), operate(APPEND)),
  frame('operation APPEND', 'to own words to the group', inGroup(ownWords), operate(APPEND)),
  frame('operation APPEND', "to the target's words", withTarget(targetsWords), operate(APPEND)),
  frame('operation REPLACE', "of the owner's words", inGroup(ownersWords), operate(REPLACE)),
  frame('operation REPLACE', 'of own words to the group', inGroup(ownWords), operate(REPLACE)),
  frame('operation REPLACE', 'of own words to the target', withTarget(callersWords), operate(REPLACE)),

  frame('conversation DELETE', 'of the group', toGroup, hide(ConversationOperationType.DELETE)),
  frame(
    'namespace CONVERSATION',
    'deletion with the target',
    withTarget(targetsWords),
    hide(ConversationOperationType.DELETE),
  ),
  frame('conversation DELETE_EVERYWHERE', 'of the group', toGroup, hide(ConversationOperationType.DELETE_EVERYWHERE)),
];
