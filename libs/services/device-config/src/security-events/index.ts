export { securityEvents } from './block';
export type { SecurityEvents } from './security-events';
export { seenEvent } from './seen-events';
export { removeSecurityEvents } from './store/typeorm-security-events';
