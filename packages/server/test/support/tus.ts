/** The protocol by hand. */

const version = { 'tus-resumable': '1.0.0' };
const bytesType = { 'content-type': 'application/offset+octet-stream' };

type Bytes = Uint8Array<ArrayBuffer>;

export function create(url: string, length: number, headers: Record<string, string> = {}, body?: Bytes) {
  const withBytes = body ? bytesType : {};
  return fetch(url, {
    method: 'POST',
    headers: { ...version, ...withBytes, 'upload-length': String(length), ...headers },
    body,
  });
}

export function patch(url: string, offset: number, body: Bytes, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'PATCH',
    headers: { ...version, ...bytesType, 'upload-offset': String(offset), ...headers },
    body,
  });
}

/** The status, and how many bytes of how many the server has. */
export async function head(url: string): Promise<string> {
  const { status, headers } = await fetch(url, { method: 'HEAD', headers: version });
  return status === 200 ? `${headers.get('upload-offset')} of ${headers.get('upload-length')}` : String(status);
}

export function terminate(url: string) {
  return fetch(url, { method: 'DELETE', headers: version });
}
