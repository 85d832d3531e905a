/** What the controllers are given. */
export const CDR_SERVICE = Symbol('cdr-service');
