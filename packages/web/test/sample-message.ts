import type { Meta } from 'flooim';

/** A sent text of 2 to 1, but for what is said otherwise. */
export const sampleMessage = (more: Partial<Meta> = {}): Meta => ({
  id: '1',
  from: '2',
  to: '1',
  content: '',
  type: 'text',
  ext: '',
  config: '',
  attach: '',
  status: 0,
  toType: 'roster',
  sending: 'sent',
  timestamp: '1',
  ...more,
});
