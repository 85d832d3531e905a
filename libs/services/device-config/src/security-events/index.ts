export { securityEvents } from './block';
export type { SecurityEvents } from './security-events';
export { seenEvent } from './seen-events';
export { removeSecurityEvents } from './store/typeorm-security-events';
export type { TypeormSecurityEvents as SecurityEventStore } from './store/typeorm-security-events';
