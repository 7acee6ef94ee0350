import type { Router } from 'vue-router';
import { t } from '../i18n/i18n.ts';
import type { MenuItem } from '../ui/menu.ts';

/** Every way to somebody new, under one button. */
export function newMenu(router: Router): MenuItem[] {
  const to = (path: string) => () => void router.push(path);
  return [
    { label: t('people.newChat'), icon: 'message', testId: 'new-chat', run: to('/new') },
    { label: t('roster.add'), icon: 'personAdd', testId: 'new-friend', run: to('/contacts/add') },
    { label: t('people.newGroup'), icon: 'groupAdd', testId: 'new-group', run: to('/contacts/new-group') },
    { label: t('people.joinGroup'), icon: 'enter', testId: 'new-join', run: to('/join') },
    { label: t('people.scan'), icon: 'scan', testId: 'new-scan', run: to('/contacts/scan') },
  ];
}

/** What belongs to the contacts and is seldom wanted. */
export function contactsMenu(router: Router): MenuItem[] {
  const to = (path: string) => () => void router.push(path);
  return [
    { label: t('people.myCode'), icon: 'qr', testId: 'menu-my-code', run: to('/contacts/code') },
    { label: t('block.list'), icon: 'block', testId: 'menu-blocked', run: to('/contacts/blocked') },
  ];
}
