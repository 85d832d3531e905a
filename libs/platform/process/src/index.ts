export { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, SETTINGS } from './tokens';
export { type Health } from './health';
export { type Lifecycle, type Phase } from './lifecycle';
export { type Counter, type Histogram, type Metrics } from './metrics';
export { type Settings } from './settings';
export { type Logger } from 'pino';
