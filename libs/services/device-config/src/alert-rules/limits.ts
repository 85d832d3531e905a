/** Rules of a tenant. */
export const MAX_RULES = 50;
/** Groups in one rule. */
export const MAX_GROUPS = 100;
/** Alerts of one rule that are open at once. */
export const MAX_ALERTS_OF_RULE = 1_000;
/** Days before its own in which a rule about sessions looks for the usual ones. */
export const USUAL_DAYS = 28;
/** Rules that may fail in one judgement before it ends: one may be too expensive for its fleet; more are a database that is away. */
export const MAX_FAILURES = 5;
/** What one judgement may take before another process may begin one: thousands of alerts are written one after the other where a fleet goes offline. */
export const MAX_JUDGEMENT_MS = 300_000;
