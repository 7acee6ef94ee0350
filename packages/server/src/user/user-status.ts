export const UserStatus = { normal: 0, disabled: 1, deleted: 2 } as const;
export type UserStatus = (typeof UserStatus)[keyof typeof UserStatus];
