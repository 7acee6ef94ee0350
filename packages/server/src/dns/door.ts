import { ServerError } from '../error.ts';

const hostname = /^(?:[a-z\d](?:[a-z\d.-]{0,252})|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

export interface Door {
  protocol: string;
  host: string;
}

/** How clients reach the server: as its operator says, or however the one who asks just did. */
export function doorOf(publicUrl: string, { protocol, host }: Door): Door {
  if (publicUrl) {
    const url = new URL(publicUrl);
    return { protocol: url.protocol.slice(0, -1), host: url.host };
  }
  if (!hostname.test(host) || !URL.canParse(`${protocol}://${host}`))
    throw new ServerError('invalidParameter', 'the Host header is not a host');
  return { protocol, host };
}
