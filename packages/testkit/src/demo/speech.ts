import type { FileUploadResult, Meta } from 'flooim';
import { landscape } from './paint.ts';
import { pdf } from './pdf.ts';
import { people } from './people.ts';
import type { Line, Mention, Text, Words } from './story.ts';
import type { Dweller, Place, Townsfolk } from './townsfolk.ts';
import { hum } from './voice.ts';

/** What was said under a key, for those that answer or forward it. */
export type Said = Map<string, Meta & { name: string }>;

type Message = Pick<Meta, 'content' | 'type'> & {
  ext?: Record<string, unknown>;
  attachment?: Record<string, unknown>;
};

const picture = { width: 960, height: 640 };

/** What all clients read of an attached file. */
const attached = ({ url, name, size, width, height, placeholder }: FileUploadResult, more: object = {}) => ({
  url,
  dName: name,
  fLen: size,
  ...(width && height && { width, height }),
  ...(placeholder && { placeholder }),
  ...more,
});

/** Says a line in a conversation; gives its mid. */
export async function speak(town: Townsfolk, place: Place, { from, says, key }: Line, said: Said): Promise<string> {
  const speaker = town[from];
  const words = typeof says === 'string' ? { text: says } : says;
  if ('mention' in words) return mention(town, place, speaker, words);
  const { type, ...rest } = await compose(speaker, place, words, said);
  const message = { ...rest, type: type as Exclude<Meta['type'], 'rtc'> };
  const { mid } = place.isGroup
    ? await speaker.im.sysManage.asyncSendGroupMessage({ gid: place.id, ...message })
    : await speaker.im.sysManage.asyncSendRosterMessage({ uid: place.id, ...message });
  const meta = speaker.messages(place).find(({ id }) => id === mid);
  if (key && meta) said.set(key, { ...meta, name: people[from].nickname });
  return mid;
}

async function mention(town: Townsfolk, { id }: Place, { im }: Dweller, words: Mention): Promise<string> {
  const whom =
    words.mention === 'all' ? { mentionAll: true } : { mentionList: words.mention.map((name) => town[name].uid) };
  const { mid } = await im.sysManage.asyncSendMentionMessage({ gid: id, txt: words.text, ...whom });
  return mid;
}

async function compose(speaker: Dweller, place: Place, words: Exclude<Words, Mention>, said: Said): Promise<Message> {
  if ('text' in words) return { type: 'text', content: words.text, ext: textExt(words, said) };
  if ('place' in words) {
    const { place: addr, lat, lon } = words;
    return { type: 'location', content: addr, attachment: { addr, lat, lon } };
  }
  if ('record' in words) return record(words, said);
  if ('picture' in words) {
    const bytes = landscape(picture.width, picture.height, words.picture);
    const file = await speaker.upload(bytes, words.name, place, 'image');
    return { type: 'image', content: '', attachment: attached(file, picture) };
  }
  if ('voiceSec' in words) {
    const { file: bytes, seconds: duration, waveform } = hum(words.voiceSec, words.pitch);
    const file = await speaker.upload(bytes, 'voice.wav', place, 'audio');
    return { type: 'audio', content: '', attachment: attached(file, { duration, waveform }) };
  }
  const file = await speaker.upload(pdf(words.headline, words.lines), words.document, place, 'file');
  return { type: 'file', content: '', attachment: attached(file) };
}

function textExt({ markdown, reply }: Text, said: Said): Message['ext'] {
  const answered = reply && find(said, reply);
  return {
    ...(markdown && { format: 'markdown' }),
    ...(answered && { reply: quote(answered) }),
  };
}

function quote({ id: mid, from, type, content, attach }: Meta): object {
  const name = typeof attach === 'object' ? attach['dName'] : undefined;
  return { mid, from, type, text: (content || String(name ?? '')).slice(0, 200) };
}

function record({ record: keys, title }: Extract<Words, { record: unknown }>, said: Said): Message {
  const items = keys.map((key) => {
    const { name, timestamp, type, content } = find(said, key);
    return { name, at: Number(timestamp), type, text: content };
  });
  return {
    type: 'forward',
    content: items.map(({ name, text }) => `${name}: ${text}`).join('\n'),
    ext: { forwarded: { title, items } },
  };
}

function find(said: Said, key: string): Meta & { name: string } {
  const meta = said.get(key);
  if (!meta) throw new Error(`nothing was said as ${key}`);
  return meta;
}
