const texts = {
  frame_too_large: 'the frame is too large',
  inflated_too_large: 'the payload is too large after inflation',
  malformed: 'the bytes are not a valid message',
  too_deep: 'groups are nested too deeply',
  unsupported_compression: 'the payload is compressed in a way that cannot be read here',
  unsupported_encryption: 'encrypted payloads are not supported',
  number_too_large: 'a 64-bit number does not fit a JavaScript number',
} as const;

export type ProtocolErrorCode = keyof typeof texts;

/** Why received bytes cannot be read. The message is fixed by `code`: it never carries anything of the payload. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode) {
    super(texts[code]);
    this.name = 'ProtocolError';
    this.code = code;
  }
}
