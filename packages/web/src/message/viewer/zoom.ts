/** How a picture lies on the stage: enlarged, and moved from the middle, in CSS pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Seen from the middle of the stage. */
export interface Point {
  x: number;
  y: number;
}

export const wholeView: View = { scale: 1, x: 0, y: 0 };
export const largestScale = 8;

/** The size at which a picture is wholly seen; small ones stay small. */
export function fitted(picture: Size, stage: Size): Size {
  const scale = Math.min(1, stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Enlarges by a factor, so that what is at the point stays there. */
export function zoomed(view: View, factor: number, at: Point): View {
  const scale = Math.min(largestScale, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/** No further than its edges: a picture that has room on the stage lies in the middle. */
export function kept({ scale, x, y }: View, picture: Size, stage: Size): View {
  const within = (value: number, size: number, room: number): number => {
    const most = Math.max(0, (size * scale - room) / 2);
    return Math.min(most, Math.max(-most, value));
  };
  return { scale, x: within(x, picture.width, stage.width), y: within(y, picture.height, stage.height) };
}

const swipePx = 60;
const closePx = 90;

/** What a finger meant that moved over a picture that is wholly seen. */
export function swipe(dx: number, dy: number): 'previous' | 'next' | 'close' | null {
  if (Math.abs(dx) > swipePx && Math.abs(dx) > Math.abs(dy)) return dx > 0 ? 'previous' : 'next';
  return dy > closePx && dy > Math.abs(dx) ? 'close' : null;
}
