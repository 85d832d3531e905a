export { deviceEvents } from './block';
export type { StoredAlert } from './domain/alert-course';
export type { DeviceEvents } from './device-events';
export { eventsIn } from './ocpp2/events-in';
export type { TypeormDeviceEvents } from './store/typeorm-device-events';
export { faultReports } from './ocpp16/fault-reports';
