import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const shots = fileURLToPath(new URL('../screenshots/', import.meta.url));
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium as the system has it; FLOOIM_CHROMIUM names another. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env['FLOOIM_CHROMIUM'] ?? places.find(existsSync);
  if (!executablePath) throw new Error('No Chromium found: install one, or name it with FLOOIM_CHROMIUM.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** One person with a browser of their own. */
export class Visitor {
  readonly page: Page;
  readonly name: string;
  /** What the page complained about; a test expects none of it. */
  readonly complaints: string[] = [];
  readonly #url: string;

  private constructor(page: Page, name: string, url: string) {
    this.page = page;
    this.name = name;
    this.#url = url;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A lost server is part of the story, and the browser logs every failed connection.
      const isNetwork = /WebSocket|ERR_CONNECTION|Failed to load resource/.test(message.text());
      if (message.type() === 'error' && !isNetwork) this.complaints.push(message.text());
    });
  }

  /** Without the service worker, which would answer what a story changes on the way; `serviceWorkers: 'allow'` has it. */
  static async arrive(
    browser: Browser,
    url: string,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1280, height: 800 },
      serviceWorkers: 'block',
      ...options,
    });
    return new Visitor(await context.newPage(), name, url);
  }

  /** A second tab of the same browser. */
  async openTab(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage(), this.name, this.#url);
  }

  at(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.#url}${path}`);
  }

  async register(password: string): Promise<void> {
    await this.open('/register');
    await this.at('username').fill(this.name);
    await this.at('password').fill(password);
    await this.at('submit').click();
    await this.at('conversations-empty').waitFor();
  }

  async logIn(password: string): Promise<void> {
    await this.open('/login');
    await this.at('username').fill(this.name);
    await this.at('password').fill(password);
    await this.at('submit').click();
    await this.at('conversations').or(this.at('conversations-empty')).first().waitFor();
  }

  async say(text: string): Promise<void> {
    await this.at('composer-input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The bubble with this text. */
  message(text: string): Locator {
    return this.at('message').filter({ hasText: text });
  }

  conversation(name: string): Locator {
    return this.at('conversation').filter({ hasText: name });
  }

  /** Waits until the own message has come as far as this. */
  async sees(text: string, mark: 'sending' | 'sent' | 'delivered' | 'read'): Promise<void> {
    await this.message(text).getByTestId(`mark-${mark}`).waitFor({ state: 'attached' });
  }

  async shoot(title: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: `${shots}${title}.png` });
  }
}
