import type { IncomingMessage } from 'node:http';

/** How much of an answer is looked at for its reason. */
const maxChars = 16 * 1024;

/** An S3 store refused a request, or did not answer it. For the log: clients are told no more than `internal`. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  /** The HTTP status; 0 where no whole answer came. */
  readonly status: number;
  /** The store's own name for it, e.g. `NoSuchKey`; empty where it gave none. */
  readonly code: string;

  constructor(
    message: string,
    { status = 0, code = '', cause }: { status?: number; code?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }

  /** Whether the same request may do better in a moment. */
  get isPassing(): boolean {
    return [0, 408, 429].includes(this.status) || this.status >= 500 || this.code === 'RequestTimeout';
  }

  /** Whether there is no such object; a bucket that is not there is a fault. */
  get isAbsence(): boolean {
    return this.status === 404 && this.code !== 'NoSuchBucket';
  }
}

/** Reads why the store refused `what`. */
export async function readRefusal(what: string, answer: IncomingMessage): Promise<S3Error> {
  const status = answer.statusCode ?? 0;
  const text = await beginningOf(answer);
  const code = /<Code>([\w.-]{1,100})<\/Code>/.exec(text)?.[1] ?? '';
  const reason = /<Message>([^<]{1,300})/.exec(text)?.[1]?.replaceAll(/\s+/g, ' ') ?? '';
  const message = `the S3 store answered ${code ? `${status} ${code}` : status} to ${what}`;
  return new S3Error(reason ? `${message}: ${reason}` : message, { status, code });
}

async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const piece of answer.setEncoding('utf8')) {
      text += piece;
      if (text.length > maxChars) break;
    }
  } catch {
    // The status alone says enough.
  }
  return text;
}
