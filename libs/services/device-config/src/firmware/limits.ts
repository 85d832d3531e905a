/** Images of a tenant; 409 beyond. */
export const MAX_IMAGES = 500;
/** Characters of a URL: as OCPP 2.0.1 has them. */
export const MAX_URL_LENGTH = 512;
/** Characters of a signing certificate, and of a signature: as OCPP has them. */
export const MAX_CERTIFICATE_LENGTH = 5_500;
export const MAX_SIGNATURE_LENGTH = 800;
/** Images that one process receives at the same time; 503 beyond. */
export const IMAGE_UPLOADS_AT_ONCE = 4;
/** Downloads at one address that one process serves at the same time: a station that lost its connection begins again before the first is known to have ended. */
export const DOWNLOADS_OF_REQUEST = 3;
/** Files that one look removes. */
export const REMOVAL_BATCH = 100;
