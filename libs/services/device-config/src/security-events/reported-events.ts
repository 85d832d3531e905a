import { asText, deterministicId, readStationTime, type SecurityEvent } from '@voltbus/contracts';
import { redactText, type Lacking, type v16, type v21 } from '@voltbus/ocpp';
import type { StationMessage, StoreMany, StationAllowance, TypeormUnhandledMessages } from '@voltbus/service';
import { classify } from './domain/security-event-types';
import type { SecurityEvents } from './security-events';
import { MAX_INFO_LENGTH, MAX_TYPE_LENGTH } from './limits';

type Report = Lacking<v16.SecurityEventNotificationRequest | v21.SecurityEventNotificationRequest, 'type' | 'timestamp'>;

interface ReportedEventsParts {
  events: Pick<SecurityEvents, 'record'>;
  allowance: Pick<StationAllowance, 'within'>;
  unhandled: Pick<TypeormUnhandledMessages, 'writeMany'>;
}

/** A04 (A04.FR.03: any type is taken), 1.6 security whitepaper. A report without a type is stored as received (ADR 32). */
export function reportedEvents<Response>({ events, allowance, unhandled }: ReportedEventsParts): StoreMany<Report, Response> {
  return {
    shape: 'batch',
    async store(messages) {
      const [typed, untyped] = [messages.filter(hasType), messages.filter((message) => !hasType(message))];
      if (untyped.length > 0) await unhandled.writeMany(untyped);
      await events.record(allowance.within(typed).map(eventOf));
    },
  };
}

function hasType({ payload }: StationMessage<Report>): boolean {
  return payload.type !== undefined && payload.type.trim() !== '';
}

/** As it may be stored: without its secrets, and no longer than that. */
function shownOf(written: string, length: number): string {
  return asText(redactText(written).slice(0, length)); // the cut may halve a surrogate pair
}

function eventOf({ ref: { tenant, station }, payload, receivedAt, messageId, action }: StationMessage<Report>): SecurityEvent {
  const { type, severity } = classify(shownOf(payload.type ?? '', MAX_TYPE_LENGTH));
  const told = payload.timestamp === undefined ? null : readStationTime(payload.timestamp, receivedAt);
  const at = receivedAt.toISOString();
  return {
    id: deterministicId('security-event', tenant, station, at, action, String(messageId)),
    ...{ tenant, station, source: 'station', type, severity, at },
    stationTime: told === null || told.raw !== null ? null : new Date(told.at).toISOString(),
    info: payload.techInfo === undefined ? null : shownOf(payload.techInfo, MAX_INFO_LENGTH),
    remoteAddress: null,
  };
}
