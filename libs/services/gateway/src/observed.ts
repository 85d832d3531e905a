import type { OpenSpan } from '@voltbus/telemetry';
import type { CallOutcome, Protocol, StationRef } from '@voltbus/contracts';
import type { MessageId } from '@voltbus/ocpp';
import type { CloseReason } from './session/close-reasons';

/** What log lines and labels name of a connection. */
export interface ObservedConnection {
  readonly ref: StationRef;
  readonly protocol: Protocol;
  readonly remoteAddress: string;
  readonly owner: { readonly epoch: number; readonly registered: boolean } | null;
  readonly closeReason: CloseReason | null;
}

export type MessageSource = Pick<ObservedConnection, 'ref' | 'protocol' | 'owner'>;

/** A message as log lines name it. */
export interface ObservedMessage {
  id: MessageId;
  action: string;
}

export interface CommandResultDetails {
  ref: StationRef;
  command: string;
  action: string;
  epoch: number;
  outcome: CallOutcome['kind'];
  traceId: string | undefined;
}

export interface ObservedCall {
  /** `in`: of the station. */
  direction: 'in' | 'out';
  protocol: Protocol;
  action: string;
  result: string;
  ms: number;
  /** Of the call; null while tracing is off. */
  span: OpenSpan | null;
}

/** The fields of a log line about a connection. */
export function traitsOf({ ref, owner }: MessageSource): object {
  return { tenant: ref.tenant, station: ref.station, epoch: owner?.epoch ?? 0 };
}
