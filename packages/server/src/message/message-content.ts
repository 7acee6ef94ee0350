import {
  ContentType,
  encodeMessageBody,
  limits,
  type MessageBody,
  type MessageOperation,
  MessageType,
  OperationType,
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
const largestPriority = 10;

/** Refuses what would be too large to store or break a reader. */
export function checkContent(body: MessageBody): void {
  const problem = contentProblem(body);
  if (problem) throw new ServerError('invalidParameter', problem);
}

/** What is wrong with it, by the name of the field; undefined if nothing is. */
export function contentProblem(body: MessageBody): string | undefined {
  if (body.senderName.length > limits.nicknameChars) return 'sender_name is too long';
  if (body.ctype > largestContentType) return 'ctype is unknown';
  for (const [name, max] of fields) {
    // A UTF-16 unit takes at most three bytes: most texts need no exact count.
    const text = body[name];
    if (text.length * 3 > max && Buffer.byteLength(text) > max) return `${name} is longer than ${max} bytes`;
  }
  return body.config && !isJson(body.config) ? 'config is not JSON' : undefined;
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

/** A message as it is stored: nothing unknown in it, nothing that only the server may say. Throws if that is too large. */
export function messagePayload(
  body: MessageBody,
  type: typeof MessageType.CHAT | typeof MessageType.GROUPCHAT,
  isSystem = false,
): Uint8Array {
  const said = { ...body, operation: undefined, status: 0, editTimestamp: 0 } as const;
  const priority = Math.min(body.priority, largestPriority);
  const payload = encodeMessageBody({ ...said, type, isSystem, priority });
  if (payload.length > limits.payloadBytes) throw new ServerError('invalidParameter', 'the message is too large');
  return payload;
}

export function isEdit(type: OperationType): boolean {
  return type === OperationType.APPEND || type === OperationType.REPLACE;
}

/** An operation as it is stored: what is done to which message, and nothing else. */
export function operationPayload({ type, mid, xid }: MessageOperation): Uint8Array {
  return encodeMessageBody({ type: MessageType.OPER, ctype: ContentType.COMMAND, operation: { type, mid, xid } });
}

/** An edit as it is stored; `editTimestamp` 0 as long as it has not been made. */
export function editPayload(
  { type, mid, xid }: MessageOperation,
  { content, config, ext }: Pick<MessageBody, 'content' | 'config' | 'ext'>,
  editTimestamp = 0,
): Uint8Array {
  const edit = { type: MessageType.OPER, ctype: ContentType.COMMAND, operation: { type, mid, xid } };
  return encodeMessageBody({ ...edit, content, config, ext, editTimestamp });
}

/** What is passed on of a signal that tells of typing. */
export function typingPayload({ ext, qos }: MessageBody): Uint8Array {
  return encodeMessageBody({ type: MessageType.CHAT, ext, qos });
}
