/** What carries codes to numbers. A server without one has no sign-in by number. */
export interface SmsProvider {
  /**
   * Resolves once the message is on its way. Whatever it throws is logged and told to nobody: neither the code nor the number may
   * be in it.
   */
  send(mobile: string, code: string, appId: string): Promise<void>;
}
