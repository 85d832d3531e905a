export { deviceModel } from './block';
export type { DeviceModel } from './device-model';
export { observeEventValues } from './ocpp2/event-values';
