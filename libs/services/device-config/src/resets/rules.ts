import type { Protocol } from '@voltbus/contracts';
import type { v16, v21 } from '@voltbus/ocpp';
import type { RequestMessage, RequestRules, StationRequest } from '../station-requests';
import { answered, bodyOf, restarted, runsUntil, type ResetType } from './domain/reset-request';
import { IDLE_LOOK_MS } from './limits';

const NOT_SUPPORTED = { impossible: 'not-supported' };

/** B11, B12, B13; 1.6 section 5.14. */
export const resetRules: RequestRules = {
  kind: 'reset',
  noun: 'reset',
  actions: new Set(['Reset']),
  /** 1.6 has no reset that waits for the end of sessions: it waits here. */
  notBefore: ({ subject }, { protocol, inUse }, at) =>
    protocol === 'ocpp1.6' && subject === 'OnIdle' && inUse ? new Date(at.getTime() + IDLE_LOOK_MS) : null,
  message: (protocol, request) => messageFor(protocol, request.subject as ResetType, bodyOf(request).evse), // as the API has checked it
  refusalIn: (response) => (statusIn(response) === 'Rejected' ? 'rejected' : null),
  withAnswer: (request, response) => answered(request, statusIn(response)),
  until: runsUntil,
  reported: (request: StationRequest) => request,
  afterBoot: restarted,
};

/** The message of the version, or why it has none. */
export function messageFor(protocol: Protocol, type: ResetType, evse: number | null): RequestMessage {
  if (protocol === 'ocpp1.6') {
    if (evse !== null || type === 'ImmediateAndResume') return NOT_SUPPORTED;
    // Soft ends sessions in good order before the station restarts, as Immediate of 2.x does; Hard need not
    return { action: 'Reset', payload: { type: type === 'Hard' ? 'Hard' : 'Soft' } satisfies v16.ResetRequest };
  }
  if (type === 'Hard' || (type === 'ImmediateAndResume' && protocol !== 'ocpp2.1')) return NOT_SUPPORTED;
  return { action: 'Reset', payload: { type, ...(evse === null ? {} : { evseId: evse }) } satisfies v21.ResetRequest };
}

function statusIn(response: unknown): string | undefined {
  return (response as { status?: string } | null)?.status;
}
