import { isTracing, openSpan, type OpenSpan, type SpanAttributes } from '@voltbus/telemetry';
import type { MessageId } from '@voltbus/ocpp';
import type { Connection } from './connection';

/** The span of a station's call, from its frame to the answer; null while tracing is off. `action` is one that the version knows. */
export function openCallSpan(connection: Connection, action: string, id: MessageId): OpenSpan | null {
  if (!isTracing()) return null; // nothing is made for a span that is not recorded: this is done for each frame
  return openSpan({
    name: `receive ${action}`,
    kind: 'server',
    parent: null,
    attributes: { ...traitsOf(connection), 'ocpp.action': action, 'ocpp.message_id': String(id) },
  });
}

/** The span of our call to a station, from the downlink to its outcome; null while tracing is off. */
export function openCommandSpan(
  connection: Connection | undefined,
  { action, commandId, trace }: { action: string; commandId: string; trace: string | undefined },
): OpenSpan | null {
  if (!isTracing()) return null;
  const traits = connection === undefined ? {} : traitsOf(connection);
  const attributes = { ...traits, 'ocpp.action': action, 'ocpp.message_id': commandId };
  return openSpan({ name: `call ${action}`, kind: 'client', parent: trace ?? null, attributes });
}

/** Records that an answer has come back from the owning service, below the span that published it. */
export function recordReply(call: OpenSpan | null, action: string, trace: string | undefined): void {
  if (call === null || trace === undefined) return;
  call.joinDecision(trace);
  openSpan({ name: `answer ${action}`, kind: 'consumer', parent: trace })?.end();
}

/** Ends the span of a call with its result; any but `ok` keeps the trace. */
export function endCallSpan(span: OpenSpan | null, result: string): void {
  if (span === null) return;
  span.setAttributes({ 'ocpp.result': result });
  if (result !== 'ok') span.fail(result);
  span.end();
}

function traitsOf({ ref, protocol, owner }: Connection): SpanAttributes {
  return { 'voltbus.tenant': ref.tenant, 'voltbus.station': ref.station, 'ocpp.protocol': protocol, 'voltbus.epoch': owner?.epoch };
}
