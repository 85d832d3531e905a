/** What the controllers are given. */
export const TRANSACTION_SERVICE = Symbol('transaction-service');
export const CACHE_CLEARING = Symbol('cache-clearing');
export const DEFAULT_TARIFFS = Symbol('default-tariffs');
export const REMOTE_CONTROL = Symbol('remote-control');
export const WEB_PAYMENTS = Symbol('web-payments');
