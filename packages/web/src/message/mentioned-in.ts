import type { Meta } from 'flooim';
import { useGroups } from '../group/group-store.ts';
import { t } from '../i18n/i18n.ts';
import { useRoster } from '../roster/roster-store.ts';
import { useSession } from '../session/session-store.ts';
import { everybody } from './composer/mention.ts';
import { allNames, type Mentioned, readMentions, textParts } from './text-parts.ts';

type Said = Pick<Meta, 'config' | 'toType' | 'to'>;

/** How somebody is called in the conversation of a message; its reader himself is "you". */
export function nameIn(meta: Pick<Meta, 'toType' | 'to'>, uid: number): string {
  return uid === useSession().uid ? t('message.you') : calledIn(meta, uid);
}

function calledIn({ toType, to }: Pick<Meta, 'toType' | 'to'>, uid: number): string {
  if (toType === 'group') return useGroups().author(Number(to), uid).name;
  useRoster().ensure(uid);
  return useRoster().displayName(uid);
}

/** Those whom a message mentions. */
export function mentionedIn(meta: Said): Mentioned[] {
  if (!meta.config) return [];
  const { uids, all } = readMentions(meta.config);
  const mentioned = uids.map((uid): Mentioned => {
    const person = useRoster().people.get(uid);
    const card = useGroups().members.get(Number(meta.to))?.get(uid);
    const names = [calledIn(meta, uid), card?.display_name, person?.nick_name, person?.username, String(uid)];
    return { uid, names: [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[] };
  });
  return all ? [...mentioned, { uid: everybody, names: allNames }] : mentioned;
}

/** A message's words with the names of those whom it mentions in place of their numbers. */
export function withNames(text: string, meta: Said): string {
  if (!text.includes('{') || !meta.config) return text;
  return textParts(text, mentionedIn(meta))
    .map((part) => part.text)
    .join('');
}
