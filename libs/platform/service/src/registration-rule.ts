import { OcppError } from '@voltbus/ocpp';
import type { StationMessage } from './answers';

/** Reports of what has happened, under ids that tell one occurrence from another: storing one twice changes nothing. */
const FACTS: ReadonlySet<string> = new Set(['StopTransaction', 'TransactionEvent', 'MeterValues']);

/**
 * B01.FR.10, B02.FR.09, B03.FR.07; 1.6 section 4.2, J errata 3.10: a station that is not accepted gets SecurityError
 * for anything but its boot, what it was triggered to send, and requested reports. Its gateway knows which these are.
 */
export function refusal({ registration, action, asked }: Pick<StationMessage, 'registration' | 'action' | 'asked'>): OcppError | null {
  if (registration === 'accepted' || action === 'BootNotification' || asked === true) return null;
  return new OcppError('security-error', registration === 'unknown' ? 'send BootNotification first' : `registration is ${registration}`);
}

/**
 * True for messages that are handled although they are refused: a station deletes one after a few errors (1.6 section
 * 9.1.22), and energy has flowed. StartTransaction is not one: its answer is a decision, and a stop without a start is
 * stored too.
 */
export function keptThoughRefused({ action }: Pick<StationMessage, 'action'>): boolean {
  return FACTS.has(action);
}
