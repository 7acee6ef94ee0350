import type { Config } from '../config.ts';
import { checkObjectName } from './blob-store.ts';

/** Where objects are in an S3 store. */
export interface S3Place {
  /** Scheme, host and port; empty: Amazon's, in the region. */
  endpoint: string;
  region: string;
  bucket: string;
  /** A folder in the bucket; empty: none. */
  prefix: string;
  /** Where the bucket's name stands in addresses; auto: in the path where an endpoint is given. */
  addressing: 'auto' | 'path' | 'host';
}

/** The address of an object. */
export function objectUrl(place: S3Place, object: string): URL {
  checkObjectName(object);
  const { endpoint, region, bucket, prefix } = place;
  const key = prefix ? `/${prefix}/${object}` : `/${object}`;
  const url = new URL(endpoint || amazon(region));
  if (isInHost(place)) url.host = `${bucket}.${url.host}`;
  url.pathname = isInHost(place) ? key : `/${bucket}${key}`;
  return url;
}

/** Where clients reach the store by themselves; empty: nowhere. */
export function publicOrigin({
  s3PublicEndpoint: endpoint,
  s3Region: region,
  s3Bucket: bucket,
  s3Addressing: addressing,
}: Pick<Config, 's3PublicEndpoint' | 's3Region' | 's3Bucket' | 's3Addressing'>): string {
  return bucket && endpoint ? objectUrl({ endpoint, region, bucket, prefix: '', addressing }, 'any').origin : '';
}

function amazon(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Amazon's certificates are for one label before its own name, and hosts have no capitals. */
function isInHost({ addressing, endpoint, bucket }: S3Place): boolean {
  if (addressing === 'auto') return !endpoint && /^[a-z0-9-]+$/.test(bucket);
  return addressing === 'host';
}
