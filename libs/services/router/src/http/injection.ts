/** The service, as the controllers get it. */
export const ROUTER_SERVICE = Symbol('router-service');
