import type { v21 } from '@voltbus/ocpp';
import type { DecideEach, StoreMany } from '@voltbus/service';
import type { EventStreams } from '../event-streams';

/** N11. */
export function openPeriodicEventStream(
  streams: Pick<EventStreams, 'open'>,
): DecideEach<v21.OpenPeriodicEventStreamRequest, v21.OpenPeriodicEventStreamResponse> {
  return {
    shape: 'key',
    async decide({ ref, payload, receivedAt }) {
      return { payload: { status: (await streams.open(ref, payload, receivedAt)) ? 'Accepted' : 'Rejected' } };
    },
  };
}

/** N13. */
export function closePeriodicEventStream(
  streams: Pick<EventStreams, 'closed'>,
): DecideEach<v21.ClosePeriodicEventStreamRequest, v21.ClosePeriodicEventStreamResponse> {
  return {
    shape: 'key',
    async decide({ ref, payload, receivedAt }) {
      await streams.closed(ref, payload.id, receivedAt);
      return { payload: {} };
    },
  };
}

/** N15: a SEND, which has no answer. */
export function notifyPeriodicEventStream(
  streams: Pick<EventStreams, 'receive'>,
): StoreMany<v21.NotifyPeriodicEventStreamRequest, undefined> {
  return { shape: 'batch', store: (messages) => streams.receive(messages) };
}
