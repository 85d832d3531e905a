import { tablesOf, tokenErasures, type ServiceDefinition } from '@voltbus/service';
import { alertRules } from './alert-rules/block';
import { apiKeys } from './api-keys/block';
import { auditLog } from './audit-log/block';
import { availability } from './availability/block';
import { campaigns } from './campaigns/block';
import { certificates } from './certificates/block';
import { changeAvailability } from './change-availability/block';
import { display } from './display/block';
import { eventTickets } from './event-tickets/block';
import { configuration } from './configuration/block';
import { customerInformation } from './customer-information/block';
import { deviceEvents } from './device-events/block';
import { deviceModel } from './device-model/block';
import { eventStreams } from './event-streams/block';
import { files } from './files/block';
import { firmware } from './firmware/block';
import { firmwarePublications } from './firmware-publications/block';
import { idempotency } from './idempotency/block';
import { identityConflicts } from './identity-conflicts/block';
import { imports } from './imports/block';
import { installedCertificates } from './installed-certificates/block';
import { logs } from './logs/block';
import { messageLog } from './message-log/block';
import { passwordRotation } from './password-rotation/block';
import { monitoring } from './monitoring/block';
import { provisioning } from './provisioning/block';
import { quirkProfiles } from './quirk-profiles/block';
import { quirks } from './quirks/block';
import { refusedConnections } from './refused-connections/block';
import { resets } from './resets/block';
import { securityEvents } from './security-events/block';
import { authSessions } from './auth-sessions/block';
import { securityProfileUpgrade } from './security-profile-upgrade/block';
import { statusHistory } from './status-history/block';
import { stationChanges } from './station-changes/block';
import { stationRequests } from './station-requests/block';
import { telemetry } from './telemetry';
import { tenants } from './tenants/block';
import { uptime } from './uptime/block';
import { unhandledMessages } from './unhandled-messages/block';

/** Tenants, stations, credentials, registration, availability. */
export const deviceConfig: ServiceDefinition = {
  name: 'device-config',
  schema: 'device_config',
  lane: 'device',
  blocks: [
    telemetry,
    tokenErasures('device_config', { service: 'device-config', migration: '0351-token-erasures', declared: () => tablesOf(deviceConfig) }),
    unhandledMessages,
    stationChanges,
    securityEvents,
    quirks,
    deviceModel,
    statusHistory,
    deviceEvents,
    availability,
    monitoring,
    eventStreams,
    changeAvailability,
    identityConflicts,
    messageLog,
    provisioning,
    quirkProfiles,
    passwordRotation,
    certificates,
    installedCertificates,
    securityProfileUpgrade,
    refusedConnections,
    apiKeys,
    tenants,
    authSessions,
    configuration,
    uptime,
    alertRules,
    display,
    stationRequests,
    customerInformation,
    files,
    firmware,
    firmwarePublications,
    campaigns,
    logs,
    resets,
    auditLog,
    imports,
    idempotency,
    eventTickets,
  ],
};
