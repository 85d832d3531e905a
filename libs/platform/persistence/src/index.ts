export { type OutboxEvent } from './outbox';
