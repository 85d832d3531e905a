import { z } from 'zod';
import { decimal, webUrl, whole } from './setting-forms';

/** Where files are kept: a folder, or a bucket of S3. Only processes with the HTTP API reach them. */
export const fileSettings = {
  FILES_DIR: z
    .string()
    .optional()
    .describe(
      'Folder of files (logs of stations, firmware images), the same for all processes with the HTTP API. Default: `files` in VOLTBUS_DATA_DIR',
    ),
  FILES_MB_PER_TENANT: whole(1, 10_000_000)
    .default(5_000)
    .describe('The most megabytes of logs of one tenant, with those that are being uploaded; no log is received beyond (409)'),
  FILES_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens')
    .optional()
    .describe(
      'Bucket of S3, or of a service that speaks its protocol, where files are kept instead of a folder (docs/how-to/keep-files-in-s3.md)',
    ),
  FILES_S3_ENDPOINT: webUrl
    .refine((url) => !/[?#@]/.test(url), 'must have no query, fragment or credentials')
    .optional()
    .describe('URL of the service; absent: AWS, in VOLTBUS_FILES_S3_REGION'),
  FILES_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and hyphens')
    .default('us-east-1')
    .describe('Region of the bucket, which requests are signed for'),
  FILES_S3_PREFIX: z
    .string()
    .regex(/^([A-Za-z0-9._-]+\/)+$/, 'must be names of letters, digits, dots, underscores and hyphens, each with a slash after it')
    .max(200)
    .optional()
    .describe('What the keys of files begin with, such as `production/files/`: one for each installation that shares a bucket'),
  FILES_S3_PATH_STYLE: z
    .stringbool({ error: 'must be true or false' })
    .optional()
    .describe('The bucket is in the path, and not in the name of the host. Default: true with VOLTBUS_FILES_S3_ENDPOINT, false for AWS'),
  FILES_S3_ACCESS_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible characters')
    .optional()
    .describe('Access key id; absent: as the AWS SDK finds one (the role of the pod or machine, AWS_... variables)'),
  FILES_S3_SECRET_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,256}$/, 'must be 8 to 256 visible characters')
    .optional()
    .describe('Secret access key of that id'),
  FILES_S3_CA_FILE: z
    .string()
    .optional()
    .describe('File of the CA certificates (PEM) that the certificate of VOLTBUS_FILES_S3_ENDPOINT comes from; absent: public CAs'),
  FILES_S3_SECONDS: decimal(1, 600)
    .default(30)
    .describe(
      'How long S3 may take to answer one request, a part of 5 MiB included, and to go on with a file that is read; it is tried three times',
    ),
};
