/** Characters of an address of an operator's server: as OCPP 2.0.1 has them. */
export const MAX_URL_LENGTH = 512;
/** How long a file may still come after the station has reported that it is uploaded. */
export const FILE_WAIT_MS = 600_000;
/** How long a file may still come after its request has failed, because the station may be at it. */
export const LATE_FILE_MS = 3_600_000;
/** How long a station may take for the rest after it has booted during its upload. */
export const REBOOT_MS = 900_000;
/** Uploads that one address receives at the same time: a station that lost its connection begins again before the first upload is known to have ended. */
export const MAX_UPLOADS_OF_REQUEST = 2;
/** Files that one look removes. */
export const REMOVAL_BATCH = 500;
/** Hours that a station may take to upload a log where nothing else is asked for. */
export const USUAL_RUN_HOURS = 4;
