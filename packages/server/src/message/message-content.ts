import {
  ContentType,
  encodeMessageBody,
  limits,
  type MessageBody,
  type MessageOperation,
  MessageType,
  QoS,
} from '@flooim/protocol';
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
  if (body.senderName.length > limits.nicknameChars)
    throw new ServerError('invalidParameter', 'sender_name is too long');
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
  const isSmall = body.ext.length * 3 <= limits.typingBytes || Buffer.byteLength(body.ext) <= limits.typingBytes;
  return body.qos === QoS.AT_MOST_ONCE && body.content === '' && isSmall && body.ext.includes('"input_status"');
}

/** A message as it is stored: nothing unknown in it, nothing that only the server may say. */
export function messagePayload(body: MessageBody): Uint8Array {
  const said = { ...body, operation: undefined, isSystem: false, status: 0, editTimestamp: 0 } as const;
  return encodeMessageBody({ ...said, type: MessageType.CHAT });
}

/** An operation as it is stored: what is done to which message, and nothing else. */
export function operationPayload({ type, mid, xid }: MessageOperation): Uint8Array {
  return encodeMessageBody({ type: MessageType.OPER, ctype: ContentType.COMMAND, operation: { type, mid, xid } });
}

/** What is passed on of a signal that tells of typing. */
export function typingPayload({ ext, qos }: MessageBody): Uint8Array {
  return encodeMessageBody({ type: MessageType.CHAT, ext, qos });
}
