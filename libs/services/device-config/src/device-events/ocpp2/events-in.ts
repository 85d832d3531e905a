import { asText, deterministicId, stationNumber, type DeviceEvent } from '@voltbus/contracts';
import { isSecretName, redactText, type v21 } from '@voltbus/ocpp';
import type { StationMessage } from '@voltbus/service';
import { nameOf, valueText } from '../../device-model';
import type { FencedEvent } from '../domain/alert-course';
import { knownCode } from '../domain/known-codes';
import { MAX_CODE_LENGTH, MAX_INFO_LENGTH } from '../limits';

type Message = StationMessage<v21.NotifyEventRequest>;

interface Times {
  at: number;
  receivedAt: number;
  stationTime: number | null;
  epoch: number;
}

/** N07, N08: the events of a message. Those whose names cannot be kept are left out. `timesOf` reads what the station wrote. */
export function eventsIn(message: Message, timesOf: (written: string | undefined) => Times): FencedEvent[] {
  return message.payload.eventData.flatMap((given, nth) => eventOf(message, { given, nth, times: timesOf(given.timestamp) }) ?? []);
}

function eventOf(
  { ref: { tenant, station }, messageId }: Message,
  { given, nth, times }: { given: v21.EventDataType; nth: number; times: Times },
): FencedEvent | null {
  const name = nameOf(given);
  if (name === null || name.component === null) return null;
  const {
    eventId,
    cause,
    trigger,
    eventNotificationType,
    variableMonitoringId,
    severity,
    actualValue,
    cleared,
    techCode,
    techInfo,
    transactionId,
  } = given;
  const known = knownCode([techCode ?? null]);
  const number = stationNumber(eventId);
  const isSecret = isSecretName(name.variable) || isSecretName(name.component);
  const value = valueText(actualValue);
  const event: DeviceEvent = {
    ...{ tenant, station, evse: name.evse ?? 0, connector: name.connector ?? 0 },
    ...{
      component: name.component,
      componentInstance: name.componentInstance,
      variable: name.variable,
      variableInstance: name.variableInstance,
    },
    id: deterministicId('device-event', tenant, station, times.receivedAt, String(messageId), nth),
    eventId: number,
    cause: cause === undefined || cause === eventId ? null : stationNumber(cause),
    trigger: shown(trigger, MAX_CODE_LENGTH) ?? '',
    notificationType: shown(eventNotificationType, MAX_CODE_LENGTH) ?? '',
    monitor: stationNumber(variableMonitoringId),
    severity: severityOf(severity) ?? known?.severity ?? null,
    value: isSecret || value === null ? null : asText(redactText(value)),
    cleared: cleared === true,
    ...{ code: shown(techCode, MAX_CODE_LENGTH), meaning: known?.meaning ?? null, info: shown(techInfo, MAX_INFO_LENGTH) },
    ocppTransactionId: shown(transactionId, MAX_CODE_LENGTH),
    at: new Date(times.receivedAt).toISOString(),
    stationTime: times.stationTime === null ? null : new Date(times.stationTime).toISOString(),
  };
  return { event, at: times.at, epoch: times.epoch };
}

/** OCPP's scale, 0 to 9. */
function severityOf(given: unknown): number | null {
  const number = stationNumber(given);
  return number !== null && number <= 9 ? number : null;
}

function shown(written: unknown, length: number): string | null {
  const text = typeof written === 'string' ? asText(redactText(written).slice(0, length)).trim() : '';
  return text === '' ? null : text;
}
