import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';

/** As much as tells most types apart, in bytes. */
export const headBytes = 16 * 1024;
const text = 'text/plain; charset=utf-8';
const unknown = 'application/octet-stream';

/** What browsers could take for a page or a script is at most text: of these, and of all that begins so. */
const markup = /[/+]xml$|html|svg|javascript/;
const known = /^(?:image|audio|video|font|application)\/[\w.+-]+$/;

/**
 * The media type of a file by what is in it, whatever it is called. Never one of a page, of markup or of a script: these are
 * text, or bytes.
 */
export async function typeOf(head: Buffer, isText: boolean): Promise<string> {
  const found = await looksLike(head);
  if (found && known.test(found) && !markup.test(found)) return found;
  return isText ? text : unknown;
}

async function looksLike(head: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(head))?.mime;
  } catch {
    // Something that only begins as what it claims to be.
    return undefined;
  }
}

/** Whether all that is written is UTF-8 text: it has no control characters but tabs and the ends of lines and pages. */
export class TextCheck {
  #isText = true;
  /** The beginning of a character whose rest has not come yet. */
  #begun: Uint8Array = Buffer.alloc(0);

  write(chunk: Uint8Array): void {
    if (!this.#isText) return;
    const bytes = this.#begun.length > 0 ? Buffer.concat([this.#begun, chunk]) : chunk;
    const whole = endOfWholeCharacters(bytes);
    this.#isText = isUtf8(bytes.subarray(0, whole)) && !hasControls(bytes);
    this.#begun = Buffer.from(bytes.subarray(whole));
  }

  get isText(): boolean {
    return this.#isText && this.#begun.length === 0;
  }
}

function endOfWholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < charLength(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function charLength(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

const [tab, carriageReturn, space, del] = [0x09, 0x0d, 0x20, 0x7f];

/** The controls of C1 are two bytes, the first one C2. */
function hasControls(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < space && (byte < tab || byte > carriageReturn || byte === 0x0b)) return true;
    if (byte === del) return true;
    if (byte === 0xc2 && ((bytes[i + 1] as number | undefined) ?? 0xff) < 0xa0) return true;
  }
  return false;
}
