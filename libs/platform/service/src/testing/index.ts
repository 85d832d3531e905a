export { deliverEvents, eventRecord, type EventSource } from './deliver-events';
