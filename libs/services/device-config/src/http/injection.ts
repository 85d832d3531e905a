/** What the controllers are given. */
export const DEVICE_CONFIG_SERVICE = Symbol('device-config-service');
