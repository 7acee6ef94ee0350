import type { SendBytes, XhrClass } from './platform.ts';

/** The only way by which a page hears how far its bytes are. */
export function xhrSendBytes(Xhr: XhrClass): SendBytes {
  return ({ method, url, headers = {}, body, progress, signal }) =>
    new Promise((resolve, reject) => {
      const xhr = new Xhr();
      const abort = () => xhr.abort();
      const fail = () => reject(new TypeError('the request failed'));
      xhr.open(method, url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      if (body) xhr.upload.onprogress = ({ loaded }) => progress?.(loaded);
      xhr.onload = () =>
        resolve({ status: xhr.status, text: xhr.responseText, header: (name) => xhr.getResponseHeader(name) });
      xhr.onerror = fail;
      xhr.onabort = fail;
      xhr.onloadend = () => signal.removeEventListener('abort', abort);
      signal.addEventListener('abort', abort);
      xhr.send(body ?? null);
    });
}
