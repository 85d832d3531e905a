/** Injection tokens of what every process has; provided globally by `InfrastructureModule`. */
export const BUS = Symbol.for('voltbus.bus');
export const CONNECTIONS = Symbol.for('voltbus.connections');
export const SETTINGS = Symbol.for('voltbus.settings');
export const LOGGER = Symbol.for('voltbus.logger');
export const METRICS = Symbol.for('voltbus.metrics');
export const HEALTH = Symbol.for('voltbus.health');
export const LIFECYCLE = Symbol.for('voltbus.lifecycle');
export const RUN_FACTS = Symbol.for('voltbus.run-facts');
