import { computed } from 'vue';
import { useGroups } from '../../group/group-store.ts';
import { t } from '../../i18n/i18n.ts';
import { im } from '../../im.ts';
import { useRoster } from '../../roster/roster-store.ts';
import { everybody } from './mention.ts';
import { type Findable, fitting, type Suggestion } from './suggestion.ts';

type Member = Suggestion & Findable & { uid: number };

/** So many names are asked for at a time; the next when they are here and somebody still looks for one. */
const askedAtOnce = 200;

const isNameless = ({ key, name }: Suggestion): boolean => name === key;

const collator = new Intl.Collator('zh-CN', { numeric: true });

/** Whom a message to the group can mention: everybody, if he may call all, and each member but himself. */
export function useMemberSuggestions(gid: number): (query: string) => Suggestion[] {
  const groups = useGroups();
  const roster = useRoster();

  function memberOf(uid: number, card: string | undefined, picture: string | undefined): Member {
    const person = roster.people.get(uid);
    const name = person?.alias || card || roster.displayName(uid);
    const words = [name, person?.nick_name, person?.username, String(uid)].filter(Boolean) as string[];
    return {
      key: String(uid),
      uid,
      name,
      inserts: `@${name}`,
      note: person?.username && person.username !== name ? person.username : undefined,
      avatar: person?.avatar ?? picture,
      words: words.map((word) => word.toLowerCase()),
    };
  }

  const members = computed(() => {
    const self = im.userManage.getUid();
    const all = [...(groups.members.get(gid)?.values() ?? [])];
    return all
      .filter(({ user_id }) => user_id !== self)
      .map(({ user_id, display_name, avatar }) => memberOf(user_id, display_name, avatar))
      .sort((a, b) => Number(isNameless(a)) - Number(isNameless(b)) || collator.compare(a.name, b.name));
  });

  /** Who may announce something may call all; the server asks nobody. */
  const all = computed<Member[]>(() => {
    if (members.value.length < 2 || !im.groupManage.can(gid, 'announce')) return [];
    const name = t('mention.everybody');
    return [
      {
        key: 'all',
        uid: everybody,
        name,
        inserts: `@${name}`,
        note: t('mention.everybodyNote'),
        words: [name.toLowerCase(), 'all'],
      },
    ];
  });

  return (query) => {
    const found = fitting([...all.value, ...members.value], query);
    // Of a group of thousands only those who are seen, until somebody is looked for by his name.
    const unknown = (query ? members.value : found).filter(isNameless).slice(0, askedAtOnce);
    for (const { uid } of unknown) roster.ensure(uid);
    return found;
  };
}
