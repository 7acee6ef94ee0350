/** What the tests use of it: the package has no types. */
declare module 's3rver' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface S3Object {
    bucket: string;
    key: string;
    content: IncomingMessage;
    metadata: Record<string, string>;
  }

  interface FoundObject {
    size: number;
    range?: unknown;
    content: unknown;
  }

  interface Range {
    start?: number;
    end?: number | InstanceType<typeof Number>;
  }

  export default class S3rver {
    constructor(options: {
      directory: string;
      silent: boolean;
      vhostBuckets: boolean;
      configureBuckets: { name: string }[];
    });
    configureBuckets(): Promise<unknown>;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    logger: { exceptions: { unhandle(): void }; close(): void };
    store: {
      getResourcePath(bucket: string, key: string, resource: string): string;
      putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
      getObject(bucket: string, key: string, range?: Range): Promise<FoundObject | null>;
      putObject(object: S3Object): Promise<{ size: number; md5: string }>;
    };
  }
}
