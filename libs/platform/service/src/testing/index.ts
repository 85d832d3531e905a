export { deliverEvents, eventRecord, type EventSource } from './deliver-events';
export { startServiceApp, type ServiceApp } from './service-app';
export { readPayload } from '../read-message';
