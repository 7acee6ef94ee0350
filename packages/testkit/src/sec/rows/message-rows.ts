import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';
import { callersWords, ownersWords, ownWords, targetsWords } from '../things.ts';

const words = (stage: Stage) => ({ content_type: 0, content: stage.text() });
const toTarget = async (stage: Stage) => ({ type: 1, targets: [(await stage.target).uid], ...words(stage) });
const toGroup = async (stage: Stage) => ({ type: 2, targets: [await stage.group()], ...words(stage) });
/** The group, as the conversation that it is. */
const conversation =
  (more: object = {}) =>
  async (stage: Stage) => ({ conversation_id: await stage.group(), ...more });

const operation = (content_type: number, mid: (stage: Stage) => Promise<number>) => async (stage: Stage) => {
  const related_mid = await mid(stage);
  return { type: 2, targets: [await stage.group()], content_type, related_mid, content: stage.text() };
};

export const messageRows: readonly Row[] = [
  row('messageSend', toTarget, { about: 'to a user' }),
  row('messageSend', toGroup, { about: 'to a group' }),
  row('messageSend', async (stage) => ({ ...(await toGroup(stage)), from_user_id: (await stage.owner).uid }), {
    about: 'in the name of the owner',
  }),
  row('messageSend', operation(9, ownersWords), { about: 'that it was read' }),
  row('messageSend', operation(10, ownWords), { about: 'that it is recalled' }),
  row('messageSend', operation(12, ownWords), { about: 'what replaces it' }),
  row('messageSend', operation(12, ownersWords), { about: "what replaces the owner's" }),
  row('messageNotify', toTarget, { about: 'to a user' }),
  row('messageNotify', toGroup, { about: 'to a group' }),
  row('messageBroadcast', (stage) => ({ type: 1, ...words(stage) })),
  row('messageRecall', async (stage) => ({ msg_id: await ownersWords(stage), conversation_id: await stage.group() }), {
    about: "of the owner's words",
  }),
  row('messageRecall', async (stage) => ({ msg_id: await ownWords(stage), conversation_id: await stage.group() }), {
    about: "of the caller's words",
  }),
  row(
    'messageRecall',
    async (stage) => {
      const { uid, mid } = await targetsWords(stage);
      return { msg_id: mid || 1, conversation_id: uid };
    },
    { about: "of the target's words" },
  ),
  row(
    'messageRecall',
    async (stage) => {
      const { uid, mid } = await callersWords(stage);
      return { msg_id: mid || 1, conversation_id: uid };
    },
    { about: 'of words to the target' },
  ),
  row('messageAck', async (stage) => ({ msg_id: await ownersWords(stage), conversation_id: await stage.group() }), {
    about: 'in the group',
  }),
  row(
    'messageAck',
    async (stage) => {
      const { uid, mid } = await targetsWords(stage);
      return { msg_id: mid || 1, conversation_id: uid };
    },
    { about: 'with the target' },
  ),
  row(
    'messageHistory',
    async (stage) => {
      await ownersWords(stage);
      return { opposite_id: await stage.group(), msg_id_start: 0, limit: 10 };
    },
    { about: 'of the group' },
  ),
  row(
    'messageHistory',
    async (stage) => ({ opposite_id: (await targetsWords(stage)).uid, msg_id_start: 0, limit: 10 }),
    { about: 'with the target' },
  ),
  row(
    'messageHistory',
    async (stage) => {
      // What others have with each other has no name to ask by: only one's own conversation with one of them has.
      const [owner, victim] = await Promise.all([stage.owner, stage.victim]);
      const list = [victim.uid];
      if (owner !== stage.caller) await stage.world.administer('userAddRoster', { list }, owner);
      return { opposite_id: victim.uid, msg_id_start: 0, limit: 10 };
    },
    { about: 'of others' },
  ),
  row('messageUnread', async (stage) => {
    await ownersWords(stage);
    return {};
  }),

  row('conversationDelete', conversation()),
  row('conversationPin', conversation()),
  row('conversationUnpin', conversation()),
  row('conversationPinned'),
  row('conversationDraft', conversation({ draft: 'I beg' })),
  row('conversationTouch', conversation(), { about: 'of the group' }),
  row('conversationTouch', async (stage) => ({ conversation_id: (await stage.target).uid }), {
    about: 'with the target',
  }),
];
