import { serviceModules } from '@voltbus/service';
import { deviceConfig } from './service';

export { alertFindings, type AlertRule } from './alert-rules';
export { verifyExport, verifyStored, type Verified } from './audit-log';
export { openAuditChain } from './open-audit-chain';
export { ImportRunner } from './imports';
export { deviceConfig };

const modules = serviceModules(deviceConfig);

/** Lane, subscriptions, jobs and outbox relay. */
export const DeviceConfigWorkerModule = modules.worker;
/** The HTTP API of all blocks, and the tenants, API keys, audit log and stations that other services' controllers use. */
export const DeviceConfigHttpModule = modules.http;
