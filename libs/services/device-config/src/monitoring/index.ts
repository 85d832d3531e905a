export { monitoring } from './block';
export { MONITOR_RESULTS } from './domain/monitor-setting';
export { MAX_INTERVAL, MAX_VALUES } from './limits';
export type { MonitorOutcome, MonitorSettings } from './monitor-settings';
