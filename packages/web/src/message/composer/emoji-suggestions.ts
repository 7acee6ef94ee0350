import type EmojiDatabase from 'emoji-picker-element/database.js';
import { type Locale, locale } from '../../i18n/i18n.ts';
import type { Suggestion } from './suggestion.ts';

const mostEmoji = 8;
const databases = new Map<Locale, Promise<EmojiDatabase>>();

async function open(language: Locale): Promise<EmojiDatabase> {
  const [{ default: Database }, { emojiSources }] = await Promise.all([
    import('emoji-picker-element/database.js'),
    import('./emoji-source.ts'),
  ]);
  return new Database(emojiSources[language]);
}

function database(language: Locale): Promise<EmojiDatabase> {
  const known = databases.get(language);
  if (known !== undefined) return known;
  const opening = open(language);
  databases.set(language, opening);
  opening.catch(() => databases.delete(language));
  return opening;
}

/** Emoji whose names fit; none where they cannot be loaded: a colon is more often only a colon. */
export async function findEmoji(query: string): Promise<readonly Suggestion[]> {
  try {
    const found = await (await database(locale())).getEmojiBySearchQuery(query);
    return found.slice(0, mostEmoji).flatMap((one) => {
      if (!('unicode' in one)) return [];
      const { unicode, shortcodes } = one;
      const code = shortcodes?.find((each) => each.startsWith(query.toLowerCase())) ?? shortcodes?.[0];
      return [{ key: unicode, name: one.annotation, note: code && `:${code}:`, inserts: unicode, emoji: unicode }];
    });
  } catch {
    return [];
  }
}
