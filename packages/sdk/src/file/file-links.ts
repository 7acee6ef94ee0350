import { checkObject, checkText, invalid } from '../check.ts';
import type { Dns } from '../rest/dns.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { FileLink, FileUrlParam, ImageParam } from '../types.ts';
import type { StoreToken } from './store-token.ts';

export interface FileLinksParts {
  appid: string;
  dns: Dns;
  rest: RestClient;
  storeToken: StoreToken;
}

/** Where files are got, and the parameter that names one there. */
const names: Record<string, string> = {
  '/file/download/chat': 'file_sign',
  '/file/download/avatar': 'object_name',
};
const avatarPath = '/file/download/avatar';
const objectShape = /^[\w-]{22}$/;
const imageTypes = { file: 1, thumbnail: 2, cover: 3 };

interface Place {
  path: string;
  object: string;
}

/**
 * Links that a page can show. Links are stored with the host of whoever uploaded: those to our files lead to the host that this
 * client talks to, with its credential; those to anywhere else stay as they are, and no credential ever goes there.
 */
export class FileLinks {
  readonly #parts: FileLinksParts;

  constructor(parts: FileLinksParts) {
    this.#parts = parts;
  }

  image(param: ImageParam): string {
    const { avatar = '', thumbnail = true, sdefault = '' } = checkObject(param, 'param');
    const given = checkText(avatar, 'param.avatar');
    // One of the page's own pictures.
    if (given.startsWith('/')) return given;
    const place = nameOf(given) ?? placeOf(given);
    return this.#show(given, place, thumbnail ? { image_type: 2 } : {}) || sdefault;
  }

  file(param: FileUrlParam): string {
    const { url, kind = 'file', save } = checkObject(param, 'param');
    const given = checkText(url, 'param.url');
    if (!Object.hasOwn(imageTypes, kind)) throw invalid('param.kind', `'file', 'thumbnail' or 'cover'`);
    return this.#show(given, placeOf(given), {
      ...(kind !== 'file' && { image_type: imageTypes[kind] }),
      ...(save && { save }),
    });
  }

  /** Asks for a link that needs no credential. */
  async signed(params: { url: string; save?: boolean }): Promise<FileLink> {
    const { url, save } = checkObject(params, 'params');
    const place = placeOf(checkText(url, 'params.url'));
    if (!place) throw invalid('params.url', 'the link of an uploaded file');
    return this.#parts.rest.call('fileLink', { file_sign: place.object, save });
  }

  /** Empty: it cannot be shown. */
  #show(given: string, place: Place | undefined, more: Record<string, unknown>): string {
    if (!place) return isWebLink(given) ? given : '';
    const { appid, dns, rest, storeToken } = this.#parts;
    const host = dns.known('rest');
    const { token } = rest;
    if (!host || !token) return '';
    // Only a server of another make has no store tokens; there it is the token itself, as in deployed clients.
    const credential = storeToken.value ? { store_token: storeToken.value } : { 'access-token': token };
    const url = new URL(host + place.path);
    const parameters = { [names[place.path] as string]: place.object, app_id: appid, ...credential, ...more };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    return url.href;
  }
}

function isWebLink(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text);
}

/** An avatar that is told by its object's name alone. */
function nameOf(text: string): Place | undefined {
  return text && !/^[a-z][a-z\d+.-]*:/i.test(text) ? { path: avatarPath, object: text } : undefined;
}

/** What of ours a link leads to, on whichever host. */
function placeOf(link: string): Place | undefined {
  if (!isWebLink(link)) return undefined;
  const { pathname, searchParams } = new URL(link);
  const name = Object.hasOwn(names, pathname) ? names[pathname] : undefined;
  const object = name && searchParams.get(name);
  return object && objectShape.test(object) ? { path: pathname, object } : undefined;
}
