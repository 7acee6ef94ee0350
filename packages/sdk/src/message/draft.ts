import { limits } from '@flooim/protocol';
import { checkId, checkJsonText, checkText, invalid, utf8Length } from '../check.ts';
import type { StoredMessage } from '../storage/storage.ts';
import type { GroupMessage, MentionMessage, RosterMessage } from '../types.ts';
import { contentType, isContentTypeName } from './message.ts';
import { readJson } from './read-json.ts';

/** What a message says, before it is one. */
export type Draft = Pick<StoredMessage, 'ctype' | 'content' | 'ext' | 'config' | 'attach' | 'priority'>;

const lastPriority = 10;

export function messageDraft(msg: Omit<RosterMessage, 'uid'> | Omit<GroupMessage, 'gid'>): Draft {
  const type = msg.type ?? 'text';
  if (!isContentTypeName(type) || type === ('rtc' as string)) throw invalid('msg.type', 'one of the documented types');
  return {
    ctype: contentType(type),
    content: checkText(msg.content ?? '', 'msg.content', limits.contentBytes),
    ext: checkJsonText(msg.ext, 'msg.ext', limits.extBytes),
    config: checkJsonText(msg.config, 'msg.config', limits.configBytes),
    attach: checkJsonText(msg.attachment, 'msg.attachment', limits.attachmentBytes),
    ...('priority' in msg && { priority: checkPriority(msg.priority) }),
  };
}

function checkPriority(value: unknown = 0): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > lastPriority) {
    throw invalid('msg.priority', `an integer from 0 to ${lastPriority}`);
  }
  return value as number;
}

export function mentionDraft(params: MentionMessage): Draft {
  const { mentionAll = false, mentionList = [], mentionedMessage, pushMessage, senderNickname } = params;
  if (typeof mentionAll !== 'boolean') throw invalid('params.mentionAll', 'true or false');
  if (!Array.isArray(mentionList)) throw invalid('params.mentionList', 'an array of ids');
  const optional = (value: unknown, name: string) =>
    value === undefined ? {} : { [name]: checkText(value, `params.${name}`) };
  const config = {
    mentionAll,
    mentionList: mentionList.map((id, i) => checkId(id, `params.mentionList[${i}]`)),
    ...optional(mentionedMessage, 'mentionedMessage'),
    ...optional(pushMessage, 'pushMessage'),
    ...optional(senderNickname, 'senderNickname'),
  };
  return {
    ctype: contentType('text'),
    content: checkText(params.txt, 'params.txt', limits.contentBytes),
    ext: '',
    config: checkJsonText(config, 'params', limits.configBytes),
    attach: '',
  };
}

/**
 * The draft with the members in `config` whose reading its sender is to hear of: deployed clients tell only if they find it
 * there. Left as it is where the list does not fit, or `config` is no JSON object.
 */
export function withReaders(draft: Draft, members: readonly number[]): Draft {
  const config = readJson(draft.config || '{}');
  if (typeof config === 'string' || config['groupMemberList'] !== undefined) return draft;
  const text = JSON.stringify({ ...config, groupMemberList: members });
  return utf8Length(text) <= limits.configBytes ? { ...draft, config: text } : draft;
}
