import { limits } from '@flooim/protocol';
import { checkFunction, checkId, checkObject, checkSignal, checkText, invalid } from '../check.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { FileTypeName, FileUpload, FileUploadParam, FileUploadProgress } from '../types.ts';

/** A file that may be uploaded. */
export interface CheckedUpload {
  file: Blob;
  /** Empty: it has none. */
  name: string;
  /** Asks where it is to go. */
  address(rest: RestClient): Promise<FileUpload>;
  progress: FileUploadProgress | undefined;
  signal: AbortSignal | undefined;
}

const fileTypes: Record<FileTypeName, number> = {
  file: 100,
  audio: 101,
  image: 102,
  video: 103,
  'audio-mp3': 104,
  shareFile: 200,
  shareAudio: 201,
  shareImage: 202,
  shareVideo: 203,
};

export function checkUpload(param: FileUploadParam): CheckedUpload {
  const { toType, file, processCallback } = checkObject(param, 'param');
  const address = checkTarget(param);
  checkFile(file, toType === 'chat' ? limits.fileBytesMax : limits.avatarBytes);
  const name = checkName(param.name ?? (file as File).name ?? '');
  // Known beforehand, so that what is too large is refused before it is sent.
  const facts = { size: file.size, ...(name && { name }) };
  return {
    file,
    name,
    address: (rest) => address(rest, facts),
    progress: processCallback && checkFunction(processCallback, 'param.processCallback'),
    signal: checkSignal(param.signal, 'param.signal'),
  };
}

function checkTarget(param: FileUploadParam): (rest: RestClient, facts: object) => Promise<FileUpload> {
  const { toType, group_id, group_d } = param;
  if (toType === 'rosterAvatar') return (rest, facts) => rest.call('fileUploadAvatar', facts);
  if (toType === 'chat') {
    const target = checkConversation(param);
    return (rest, facts) => rest.call('fileUploadChat', { ...target, ...facts });
  }
  if (toType !== 'groupAvatar') throw invalid('param.toType', `'rosterAvatar', 'chat' or 'groupAvatar'`);
  const gid = checkId(group_id ?? group_d, 'param.group_id');
  return (rest, facts) => rest.call('fileUploadGroupAvatar', { group_id: gid, ...facts });
}

function checkConversation({ fileType = 'file', chatType = 'roster', to_id }: FileUploadParam): object {
  const file_type = Object.hasOwn(fileTypes, fileType) ? fileTypes[fileType] : 0;
  if (!file_type) throw invalid('param.fileType', `one of ${Object.keys(fileTypes).join(', ')}`);
  if (chatType !== 'roster' && chatType !== 'group') throw invalid('param.chatType', `'roster' or 'group'`);
  const isGroup = chatType === 'group' || file_type >= fileTypes.shareFile;
  return { file_type, to_id: checkId(to_id, 'param.to_id'), to_type: isGroup ? 2 : 1 };
}

/** By what is used of it: a page may get files from other frames, whose classes are not its own. */
function checkFile(file: Blob, maxBytes: number): void {
  const isBlob = typeof file?.size === 'number' && typeof file.slice === 'function';
  if (!isBlob) throw invalid('param.file', 'a File or a Blob');
  if (file.size === 0) throw invalid('param.file', 'a file that is not empty');
  if (file.size > maxBytes) throw invalid('param.file', `at most ${maxBytes} bytes`);
}

function checkName(name: unknown): string {
  const text = checkText(name, 'param.name');
  if (text.length > limits.fileNameChars)
    throw invalid('param.name', `at most ${limits.fileNameChars} characters long`);
  return text;
}
