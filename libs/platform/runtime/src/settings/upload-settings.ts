import { decimal, webUrl, whole } from './setting-forms';

/** Files that stations upload: their logs. */
export const uploadSettings = {
  UPLOAD_URL: webUrl
    .max(200)
    .refine((url) => !/[?#@]/.test(url), 'must have no query, fragment or credentials')
    .optional()
    .describe(
      'URL at which stations reach the HTTP API for uploads of their logs (PUT and POST below /uploads/); absent: logs are fetched to servers of operators only (docs/how-to/fetch-logs.md)',
    ),
  UPLOAD_SECONDS: decimal(0.1, 86_400)
    .default(1_800)
    .describe('How long a station may take to upload a file, after the headers of its request'),
  UPLOAD_MAX_MB: whole(1, 10_000).default(100).describe('The most megabytes of one uploaded file; 413 beyond'),
  UPLOADS_AT_ONCE: whole(1, 10_000).default(50).describe('The most uploads that one process receives at the same time; 503 beyond'),
};
