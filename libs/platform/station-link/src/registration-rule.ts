import { OcppError } from '@voltbus/ocpp';
import type { StationMessage } from './answers';

/**
 * What a pending station may send: what it was triggered to send, and the reports that were asked of it (B02.FR.01, 05, 06; 1.6 section 4.2). Whether
 * it was triggered is not tracked: these say nothing that a pending station could gain by.
 */
const WHILE_PENDING: ReadonlySet<string> = new Set([
  'Heartbeat',
  'StatusNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'SignedFirmwareStatusNotification',
  'LogStatusNotification',
  'PublishFirmwareStatusNotification',
  'SecurityEventNotification',
  'SignCertificate',
  'NotifyReport',
  'NotifyMonitoringReport',
  'NotifyEvent',
  'NotifyCustomerInformation',
]);

/**
 * B01.FR.10, B02.FR.09, B03.FR.07; 1.6 J errata 3.10: a station that is not accepted gets SecurityError for anything but its boot (and, while
 * pending, what it may send). Its transaction messages too: it keeps them and says them again once it is accepted, so nothing is lost.
 */
export function refusal({ registration, action }: Pick<StationMessage, 'registration' | 'action'>): OcppError | null {
  if (registration === 'accepted' || action === 'BootNotification') return null;
  if (registration === 'pending' && WHILE_PENDING.has(action)) return null;
  return new OcppError('security-error', registration === 'unknown' ? 'send BootNotification first' : `registration is ${registration}`);
}
