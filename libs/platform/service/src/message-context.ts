import { isTracing, setActiveAttributes, withLogFields } from '@voltbus/telemetry';
import type { StationMessage } from './answers';
import type { ReceivedEvent } from './received-event';

/** Handles a station's message with its station, action, message id and epoch in every log line and on the active span. */
export function inMessageContext<T>({ ref, action, messageId, returnTo, protocol }: StationMessage, work: () => T): T {
  const { tenant, station } = ref;
  const { epoch } = returnTo;
  if (isTracing())
    setActiveAttributes({
      'voltbus.tenant': tenant,
      'voltbus.station': station,
      'ocpp.action': action,
      'ocpp.message_id': String(messageId),
      'ocpp.protocol': protocol,
      'voltbus.epoch': epoch,
    });
  return withLogFields({ tenant, station, action, messageId, epoch }, work);
}

/** Handles one event with its station in every log line and on the active span. */
export function inEventContext<T>({ record }: ReceivedEvent<unknown>, work: () => T): T {
  const type = record.headers['ce_type']?.toString('utf8') ?? record.topic;
  const { tenant, station } = stationOf(record.key);
  setActiveAttributes({ 'voltbus.tenant': tenant, 'voltbus.station': station });
  return withLogFields({ tenant, station, event: type }, work);
}

/** The key of an event is a station's, or a tenant's alone. */
function stationOf(key: string): { tenant: string; station?: string } {
  const at = key.indexOf('/');
  return at < 0 ? { tenant: key } : { tenant: key.slice(0, at), station: key.slice(at + 1) };
}
