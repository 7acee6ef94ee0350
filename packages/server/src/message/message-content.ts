import { limits, type MessageBody, MessageType, QoS } from '@flooim/protocol';
import { ServerError } from '../error.ts';

/** The text fields of a message body, with their limits in UTF-8 bytes. */
const fields = [
  ['content', limits.contentBytes],
  ['config', limits.configBytes],
  ['attachment', limits.attachmentBytes],
  ['ext', limits.extBytes],
] as const;

const largestContentType = 8;

/** Refuses what would be too large to store or break a reader. */
export function checkContent(body: MessageBody): void {
  if (body.ctype > largestContentType) throw new ServerError('invalidParameter', 'ctype is unknown');
  for (const [name, max] of fields) {
    // A UTF-16 unit takes at most three bytes: most texts need no exact count.
    const text = body[name];
    if (text.length * 3 > max && Buffer.byteLength(text) > max) {
      throw new ServerError('invalidParameter', `${name} is longer than ${max} bytes`);
    }
  }
  if (body.config && !isJson(body.config)) throw new ServerError('invalidParameter', 'config is not JSON');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether it only tells that somebody is typing: for those who are online, never stored. */
export function isTyping(body: MessageBody): boolean {
  return body.qos === QoS.AT_MOST_ONCE && body.content === '' && body.ext.includes('"input_status"');
}

/** Whether the body must be written anew: what only the server may say is not taken from a client. */
export function needsCleaning(body: MessageBody): boolean {
  return body.isSystem || body.status !== 0 || body.editTimestamp !== 0 || body.type !== MessageType.CHAT;
}

/** The body as it will be stored. */
export function cleanBody(body: MessageBody): MessageBody {
  return { ...body, type: MessageType.CHAT, operation: undefined, isSystem: false, status: 0, editTimestamp: 0 };
}
