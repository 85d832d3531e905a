/** Images of a tenant; 409 beyond. */
export const MAX_IMAGES = 500;
/** Characters of a URL: as OCPP 2.0.1 has them. */
export const MAX_URL_LENGTH = 512;
/** Characters of a signing certificate, and of a signature: as OCPP has them. */
export const MAX_CERTIFICATE_LENGTH = 5_500;
export const MAX_SIGNATURE_LENGTH = 800;
