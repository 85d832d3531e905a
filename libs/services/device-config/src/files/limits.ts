const MEBIBYTE = 1_048_576;
/** Bytes of a part of an upload to S3: the least that S3 takes. So much of each file is in memory while it is received, and once more while a part is sent. */
export const S3_PART_BYTES = 5 * MEBIBYTE;
/** Tries of one request to S3, the first one included, with the pauses of its client between them. */
export const S3_TRIES = 3;
/** How long a connection to S3 may take to open. */
export const S3_CONNECT_MS = 5_000;
/** Characters of the name of a file, as it is shown. */
export const MAX_NAME_LENGTH = 100;
export const MEGABYTE = 1_000_000;
/** How long an upload may take longer than it may, until its end is taken to have been lost with the process. */
export const LOST_UPLOAD_MS = 600_000;
/** Time between two looks for files to remove. */
export const FILE_SWEEP_MS = 60_000;
