import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a gateway got. */
export interface Handed {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  app_id: string;
  mobile: string;
  code: string;
  text: string;
}

/** A gateway for text messages as an operator may have one, which sends none. */
export class SmsGateway {
  readonly secret = 'a-secret-of-the-gateway-1';
  readonly handed: Handed[] = [];
  /** What it says to what it gets; by default that all is well. */
  answer: (response: ServerResponse) => void = (response) => response.end('{"queued":true}');
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async open(): Promise<SmsGateway> {
    const gateway = new SmsGateway();
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/send?key=of-the-gateway`;
  }

  /** The newest code for a number. */
  code(mobile: string): string {
    return this.handed.findLast((message) => message.mobile === mobile)?.code ?? '';
  }

  /** What signs a request, as the documents say it. */
  signatureOf({ headers, body }: Handed): string {
    const signed = `${headers['x-flooim-time']}.${body}`;
    return `sha256=${createHmac('sha256', this.secret).update(signed).digest('hex')}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = '', url: path = '', headers } = request;
    this.handed.push({
      method,
      path,
      headers,
      body,
      ...(JSON.parse(body) as Pick<Handed, 'app_id' | 'mobile' | 'code' | 'text'>),
    });
    this.answer(response);
  }
}
