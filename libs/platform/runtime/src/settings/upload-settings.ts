import { decimal, webUrl, whole } from './setting-forms';

/** Files that come and go at addresses of ours: logs of stations, and firmware. */
export const uploadSettings = {
  UPLOAD_URL: webUrl
    .max(200)
    .refine((url) => !/[?#@]/.test(url), 'must have no query, fragment or credentials')
    .optional()
    .describe(
      'URL at which stations reach the HTTP API for uploads of their logs (PUT and POST below /uploads/) and downloads of firmware (GET and HEAD below /downloads/); absent: both use servers of operators only (docs/how-to/fetch-logs.md)',
    ),
  UPLOAD_SECONDS: decimal(0.1, 86_400)
    .default(1_800)
    .describe('How long a station, or an operator, may take to upload a file, after the headers of the request'),
  UPLOAD_MAX_MB: whole(1, 10_000).default(100).describe('The most megabytes of one uploaded file; 413 beyond'),
  FIRMWARE_MAX_MB: whole(1, 100_000).default(1_000).describe('The most megabytes of one uploaded firmware image; 413 beyond'),
  FIRMWARE_MB_PER_TENANT: whole(1, 10_000_000)
    .default(20_000)
    .describe('The most megabytes of firmware images of one tenant that are kept here, with those that are being uploaded; 409 beyond'),
  DOWNLOADS_AT_ONCE: whole(1, 10_000)
    .default(200)
    .describe('The most downloads of firmware that one process serves at the same time; 503 beyond, and stations try again'),
  DOWNLOAD_SECONDS: decimal(0.1, 86_400)
    .default(7_200)
    .describe('How long one download of firmware may take; then it is cut, and a station that can goes on where it was'),
  UPLOADS_AT_ONCE: whole(1, 10_000).default(50).describe('The most uploads that one process receives at the same time; 503 beyond'),
};
