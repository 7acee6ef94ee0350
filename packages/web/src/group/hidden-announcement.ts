const keyOf = (self: number, gid: number): string => `flooim.announcement.${self}.${gid}`;

/** The newest announcement of the group that the user put away on this device; 0: none. */
export function hiddenAnnouncement(self: number, gid: number): number {
  try {
    return Number(localStorage.getItem(keyOf(self, gid))) || 0;
  } catch {
    return 0;
  }
}

export function hideAnnouncement(self: number, gid: number, id: number): void {
  try {
    localStorage.setItem(keyOf(self, gid), String(id));
  } catch {
    // Without storage it is back at the next start.
  }
}
