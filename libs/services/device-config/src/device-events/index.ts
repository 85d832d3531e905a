export { deviceEvents } from './block';
export type { DeviceEvents } from './device-events';
export { eventsIn } from './ocpp2/events-in';
export { faultReports } from './ocpp16/fault-reports';
