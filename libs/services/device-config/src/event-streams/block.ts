import { COMMAND_RESULTS } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { StationAllowance, answer, defineBlock, onEach } from '@voltbus/service';
import { monitoring } from '../monitoring';
import { unhandledMessages } from '../unhandled-messages';
import { EventStreams } from './event-streams';
import { EventStreamsController } from './http/event-streams.controller';
import { STREAM_ALLOWANCE } from './limits';
import { closePeriodicEventStream, notifyPeriodicEventStream, openPeriodicEventStream } from './ocpp2/periodic-event-streams';
import { eventStreamsMigration } from './store/migrations/0352-event-streams';
import { tables } from './store/tables';
import { TypeormEventStreams } from './store/typeorm-event-streams';

/** OCPP N11 to N15, of 2.1: streams in which stations send values of monitors. */
export const eventStreams = defineBlock({
  name: 'event-streams',
  migrations: [eventStreamsMigration],
  tables,
  store: ({ database }) => new TypeormEventStreams(database),
  build({ store, use, commands, now, metrics }) {
    const notKept = metrics.counter('event_stream_values_not_kept_total', 'Values of event streams beyond what is kept of one stream');
    const allowance = new StationAllowance({
      ...STREAM_ALLOWANCE,
      beyond: (_, count) => notKept.add(count),
      now: () => now().getTime(),
    });
    const { settings } = use(monitoring);
    const unhandled = use(unhandledMessages).store;
    return { store, streams: new EventStreams({ store, unhandled, allowance, settings, commands, now }) };
  },
  answers: ({ streams }) => [
    answer(v21.OpenPeriodicEventStream, openPeriodicEventStream(streams)),
    answer(v21.ClosePeriodicEventStream, closePeriodicEventStream(streams)),
    answer(v21.NotifyPeriodicEventStream, notifyPeriodicEventStream(streams)),
  ],
  on: ({ streams }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => streams.onEnded(data))],
  controllers: [EventStreamsController],
  provides: (provide) => [provide(EventStreams, ({ streams }) => streams), provide(TypeormEventStreams, ({ store }) => store)],
});
