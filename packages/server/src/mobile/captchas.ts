import { randomBytes, randomInt } from 'node:crypto';
import { limits } from '@flooim/protocol';
import svgCaptcha from 'svg-captcha';
import { ServerError } from '../error.ts';
import { ExpiringMap } from '../token/expiring-map.ts';

/** Its types leave out that the module itself draws a text that it is given. */
const draw = svgCaptcha as unknown as (text: string, options: { noise: number; color: boolean }) => string;

/** At once; a stranger is given only so many a minute. */
const picturesAtOnce = 100_000;
/** A page may load a picture again. */
const drawnAtMost = 5;
/** None that looks like another one. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const lettersAtOnce = 4;

interface Picture {
  appId: string;
  text: string;
  drawn: number;
}

/** Pictures with letters in them. Each can be answered once. They slow programs down; programs that read them exist. */
export class Captchas {
  readonly #pictures: ExpiringMap<Picture>;

  constructor(clock: () => number) {
    this.#pictures = new ExpiringMap({ ttlMs: limits.captchaTtlMs, size: picturesAtOnce, clock });
  }

  /** The id of a new one. */
  create(appId: string): string {
    const id = randomBytes(16).toString('base64url');
    const text = Array.from({ length: lettersAtOnce }, () => letters[randomInt(letters.length)]).join('');
    if (this.#pictures.add(id, { appId, text, drawn: 0 }) === undefined) throw new ServerError('busy');
    return id;
  }

  /** As SVG. */
  draw(appId: string, id: string): string {
    const picture = this.#find(appId, id);
    if (picture.drawn >= drawnAtMost) throw new ServerError('tooManyAttempts');
    picture.drawn++;
    return draw(picture.text, { noise: 3, color: true });
  }

  /** Throws unless it is what the picture says; from now on the picture is gone. */
  answer(appId: string, id: string, said: string): void {
    const { text } = this.#find(appId, id);
    this.#pictures.delete(id);
    // Comparing may take as long as it likes: there is one guess.
    if (said.trim().toUpperCase() !== text) throw new ServerError('captchaWrong');
  }

  #find(appId: string, id: string): Picture {
    const picture = this.#pictures.get(id);
    if (picture?.appId !== appId) throw new ServerError('captchaWrong');
    return picture;
  }
}
