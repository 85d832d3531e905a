export { securityEvents } from './block';
export { seenEvent } from './seen-events';
export { removeSecurityEvents, type TypeormSecurityEvents } from './store/typeorm-security-events';
