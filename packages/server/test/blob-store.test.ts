import { rmSync } from 'node:fs';
import { temporaryFolder } from '@flooim/testkit';
import { describe } from 'vitest';
import { DiskBlobStore } from '../src/blob/disk-blob-store.ts';
import { createS3BlobStore, S3BlobStore } from '../src/blob/s3-blob-store.ts';
import { readConfig } from '../src/config.ts';
import { blobSuite } from './support/blob-suite.ts';
import { startS3 } from './support/s3-server.ts';

blobSuite('a folder of objects', async () => {
  const folder = temporaryFolder('flooim-blobs');
  const close = async () => rmSync(folder, { recursive: true, force: true });
  return { store: new DiskBlobStore(folder), close };
});

blobSuite('a bucket of objects', async () => {
  const s3 = await startS3();
  return { store: new S3BlobStore(s3.options), close: s3.close };
});

/** A config file that names the bucket of any S3 store: `FLOOIM_TEST_S3=s3.json npx vitest run blob-store`. */
const given = process.env['FLOOIM_TEST_S3'];
describe.skipIf(!given)('an S3 store that was named', () => {
  blobSuite('a bucket of objects there', async () => {
    const config = readConfig(['--config', given as string], {});
    return { store: createS3BlobStore(config), close: async () => {} };
  });
});
