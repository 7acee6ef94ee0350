import type { MessageBody } from '@flooim/protocol';

/** What of a message must arrive as it was sent, as one string; the rest is the server's to say. */
export function fingerprint(body: Pick<MessageBody, 'ctype' | 'content' | 'config' | 'attachment' | 'ext'>): string {
  if (body.ctype === 0 && !body.config && !body.attachment && !body.ext) return body.content;
  return JSON.stringify([body.ctype, body.content, body.config, body.attachment, body.ext]);
}
