/** Rules of a tenant. */
export const MAX_RULES = 50;
/** Groups in one rule. */
export const MAX_GROUPS = 100;
/** Alerts of one rule that are open at once. */
export const MAX_ALERTS_OF_RULE = 1_000;
/** Days before its own in which a rule about sessions looks for the usual ones. */
export const USUAL_DAYS = 28;
