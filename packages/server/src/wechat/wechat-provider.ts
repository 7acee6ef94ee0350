/** A page of the mini-program. */
export interface MiniProgramPage {
  path: string;
  /** As in a URL, without the question mark; perhaps empty. */
  query: string;
  /** As clients name it: release, trial or develop; perhaps empty. */
  version: string;
}

/**
 * The way to WeChat, which only who has accounts there can provide. `appId` is the app of this server: each may have accounts of
 * its own. Calls end within seconds; one that throws is a failure of the server, and is logged.
 */
export interface WeChatProvider {
  /** Who gave the mini-program this code; undefined: WeChat does not know it, or not any more. */
  openIdOf(appId: string, code: string): Promise<string | undefined>;
  /** A link that opens the page in WeChat. */
  urlLink(appId: string, page: MiniProgramPage): Promise<string>;
  /**
   * The URL of what is to be scanned by whoever wants to sign in; WeChat then tells the official account the `scene`, random
   * letters and digits of at most 64 characters. `expiresAt`: ms since the epoch.
   */
  officialAccountCode(appId: string, scene: string, expiresAt: number): Promise<string>;
  /** Who scanned it; undefined: nobody yet. It is asked at most twice a second for each code that is shown. */
  scannedBy(appId: string, scene: string): Promise<string | undefined>;
}
