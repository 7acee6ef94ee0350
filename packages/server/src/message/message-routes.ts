import { ContentType, DeliveryStatus, decodeMessageBody, type Meta, type SessionMessage, Vsn } from '@flooim/protocol';
import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { Sent } from '../http/envelope.ts';

type Served =
  | 'messageSend'
  | 'messageNotify'
  | 'messageBroadcast'
  | 'messageRecall'
  | 'messageAck'
  | 'messageHistory'
  | 'conversationDelete'
  | 'messageUnread';

type Parts = Pick<Context, 'messageRequests' | 'messageReader' | 'conversations'>;

export function messageRoutes({ messageRequests, messageReader, conversations }: Parts): Pick<Handlers, Served> {
  return {
    messageSend: async (request, caller) => new Sent(await messageRequests.send(caller, request)),
    messageNotify: async (request, caller) => new Sent(await messageRequests.notify(caller, request)),

    async messageBroadcast(request, { appId }) {
      return { success: true, send_num: await messageRequests.broadcast(appId, request) };
    },

    async messageRecall({ conversation_id, msg_id }, caller) {
      await messageRequests.recall(caller, conversation_id, msg_id);
      return true;
    },

    async messageAck({ conversation_id, msg_id = 0 }, caller) {
      await messageRequests.acknowledge(caller, conversation_id, msg_id);
      return true;
    },

    async messageHistory({ opposite_id, msg_id_start, limit }, { appId, uid }) {
      const device = { appId, uid, deviceSN: 0, vsn: Vsn.V2 };
      const { metas, nextKey } = await messageReader.history(device, opposite_id, msg_id_start, limit);
      const oldest = metas.at(-1)?.id ?? msg_id_start;
      return { messages: metas.map(toSessionMessage), is_last: nextKey === 0, next_msg_id: nextKey || oldest };
    },

    async conversationDelete({ conversation_id }, { uid }) {
      await conversations.hideAll(uid, conversation_id);
      return true;
    },

    async messageUnread(_request, { uid }) {
      return (await conversations.counts(uid)).map(({ peer, n }) => ({ conversation_id: { uid: peer }, num: n }));
    },
  };
}

function toSessionMessage({ id, from, to, timestamp, payload }: Meta): SessionMessage {
  const { ctype, content, attachment, ext, config, status } = decodeMessageBody(payload);
  return {
    msg_id: id,
    from_xid: { uid: from?.uid ?? 0, device_sn: from?.deviceSN ?? 0 },
    to_xid: { uid: to?.uid ?? 0, device_sn: to?.deviceSN ?? 0 },
    ctype: nameIn(ContentType, ctype) ?? 'TEXT',
    content,
    attachment,
    ext,
    config,
    status: nameIn(DeliveryStatus, status) ?? 'UNREAD',
    timestamp,
  };
}

function nameIn<K extends string>(names: Readonly<Record<K, number>>, wanted: number): K | undefined {
  return (Object.keys(names) as K[]).find((name) => names[name] === wanted);
}
