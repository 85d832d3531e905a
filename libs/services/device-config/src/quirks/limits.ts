/** Quirk profiles of a tenant: all of them are read for each station that connects. */
export const MAX_QUIRK_PROFILES = 50;
/** Patterns in one condition of a profile. */
export const MAX_PATTERNS = 20;
/** Characters of a pattern. A text is held against it without a regular expression, in a time that grows with both lengths. */
export const MAX_PATTERN_LENGTH = 100;
