/** What the controllers are given. */
export const ROUTER_SERVICE = Symbol('router-service');
