/** Publications of a local controller that have not ended; 409 beyond. */
export const MAX_OPEN = 5;
/** Addresses at which a local controller says that it offers an image; those beyond are not kept. */
export const MAX_LOCATIONS = 20;
/** Characters of one, as OCPP 2.1 has them. */
export const MAX_LOCATION_LENGTH = 2_000;
