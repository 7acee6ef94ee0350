/** What a profile shows; absent texts are empty here. */
export interface Profile {
  username: string;
  nick_name: string;
  avatar: string;
  description: string;
  email: string;
  mobile: string;
  public_info: string;
  private_info: string;
}

/** What a user can change himself, and whether his friends see it. */
export const editable = {
  nick_name: 'visible',
  avatar: 'visible',
  public_info: 'visible',
  username: 'visible',
  description: 'own',
  private_info: 'own',
  mobile: 'own',
} as const satisfies Partial<Record<keyof Profile, 'visible' | 'own'>>;

export type Editable = keyof typeof editable;
export type ProfileChange = Partial<Pick<Profile, Editable>>;

/** The part of a change that friends see. */
export function visibleOf(change: ProfileChange): ProfileChange {
  return Object.fromEntries(Object.entries(change).filter(([field]) => editable[field as Editable] === 'visible'));
}
