import { limits } from '../limits.ts';
import type { FileInfo, FileLink, FileUpload } from '../types.ts';
import { endpoint, GET, POST } from './endpoint.ts';
import { filled, flag, id, lenient, must, position, text, whole } from './schemas.ts';

/** What a client that knows says of the file beforehand: a file that is too large is then refused before it is sent. */
const file = { size: position, name: text(limits.fileNameChars) };
/** A user (1, the default) or a group (2). */
const target = { to_id: must(id), to_type: whole(1, 2) };
const sign = must(filled(64));
/** Deployed clients also send `sdk_sign`, `thumbnail_strategy`, `source` and `format`, which are ignored. */
const shown = {
  /** 1 the file (the default), 2 a thumbnail, 3 a frame of the video; the file itself where there is none. */
  image_type: lenient(whole(1, 3)),
  /** As deployed clients misspell it. */
  imgage_type: lenient(whole(1, 3)),
  /** The box that a thumbnail is for, in pixels: the next larger one that is made fills it. */
  w: lenient(position),
  h: lenient(position),
  store_token: text(128),
  /** Of a signed link. */
  signed: text(1024),
  /** Ours: to be saved, not shown. */
  save: flag,
};
const upload = { upload: must(filled(2048)) };

/** Files: where to upload them, what became of them, and the way to them. */
export const files = {
  /** 100 any file, 101 voice (amr), 102 picture, 103 video, 104 voice (mp3); 200 to 203 the same shared with a group. */
  fileUploadChat: endpoint<FileUpload>()(GET, '/file/upload/chat', 'query', 'user', {
    file_type: must(whole(99, 203)),
    ...target,
    ...file,
  }),
  fileUploadAvatar: endpoint<FileUpload>()(GET, '/file/upload/avatar/user', 'query', 'user', file),
  fileUploadGroupAvatar: endpoint<FileUpload>()(GET, '/file/upload/avatar/group', 'query', 'user', {
    group_id: must(id),
    ...file,
  }),
  /** Lets the target's messages refer to a file that one may read; answers where it is there. */
  fileForward: endpoint<string>()(GET, '/file/upload/forward', 'query', 'user', { file_sign: sign, ...target }),
  /** Ours: `file_sign` is a chat file's, or an avatar's `object_name`. */
  fileLink: endpoint<FileLink>()(GET, '/file/link', 'query', 'user', { file_sign: sign, save: flag }),
  /** Ours: the credential for links that a page shows, which opens files and nothing else. */
  storeToken: endpoint<{ store_token: string }>()(GET, '/token/store', 'query', 'user', {}),
  /** Ours: once the bytes are there, by whichever way; the same each time. Waits until pictures are measured. */
  fileFinish: endpoint<FileInfo>()(POST, '/file/finish', 'query', 'upload', upload),
} as const;

/** Files on their way: these are bytes, not JSON, and no calls of the typed client. */
export const fileStreams = {
  fileUpload: endpoint<boolean>()(POST, '/file/upload', 'query', 'upload', upload),
  /** tus 1.0: creation, creation-with-upload, termination, expiration. */
  fileResumable: endpoint<never>()(['POST', 'HEAD', 'PATCH', 'DELETE'], '/file/resumable', 'query', 'upload', upload),
  fileDownloadChat: endpoint<never>()(['GET', 'HEAD'], '/file/download/chat', 'query', 'download', {
    ...shown,
    file_sign: sign,
  }),
  fileDownloadAvatar: endpoint<never>()(['GET', 'HEAD'], '/file/download/avatar', 'query', 'download', {
    ...shown,
    object_name: sign,
  }),
} as const;
