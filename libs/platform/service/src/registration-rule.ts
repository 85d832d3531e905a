import { OcppError } from '@voltbus/ocpp';
import type { StationMessage } from './answers';

/** What happened, whoever said it, under ids that the station made or that tell one occurrence from another: keeping it twice changes nothing. */
const FACTS: ReadonlySet<string> = new Set(['StopTransaction', 'TransactionEvent', 'MeterValues']);

/**
 * B01.FR.10, B02.FR.09, B03.FR.07; 1.6 section 4.2, J errata 3.10: a station that is not accepted gets SecurityError for anything but its boot, what
 * it was triggered to send, and the reports that were asked of it. Its gateway knows which these are.
 */
export function refusal({ registration, action, asked }: Pick<StationMessage, 'registration' | 'action' | 'asked'>): OcppError | null {
  if (registration === 'accepted' || action === 'BootNotification' || asked === true) return null;
  return new OcppError('security-error', registration === 'unknown' ? 'send BootNotification first' : `registration is ${registration}`);
}

/**
 * Handled although it is refused: a station gives up on a message after a few errors and deletes it (1.6 section 9.1.22), so what it says of
 * energy that has flowed is kept the first time, and said again after its acceptance it changes nothing. Not so StartTransaction: its answer
 * is a decision, which a station that is not accepted must not get; what it leaves is a stop without a start, which is kept too.
 */
export function keptThoughRefused({ action }: Pick<StationMessage, 'action'>): boolean {
  return FACTS.has(action);
}
