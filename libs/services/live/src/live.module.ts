import { Inject, Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import { STATIONS_SHOWN, STATION_GROUPS, TicketSeal, type StationGroups, type StationsShown } from '@voltbus/http';
import { BUS, LIFECYCLE, LOGGER, METRICS, SETTINGS, type Lifecycle, type Settings } from '@voltbus/runtime';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { EVENT_STREAMS, EventStreams } from './event-stream/event-streams';
import { EventsController } from './event-stream/events.controller';
import { EventDescriptionsController } from './descriptions/event-descriptions.controller';
import { EventTicketsController, TICKETS } from './event-tickets/event-tickets.controller';
import { LiveTelemetry } from './telemetry';

/** `GET /v1/events`, its tickets, and the descriptions of what is on the public topics. */
@Module({})
export class LiveModule {
  constructor(@Inject(EVENT_STREAMS) streams: EventStreams, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    lifecycle.add('work', { name: 'events', start: () => streams.start(), stop: () => streams.stop() });
    lifecycle.add('listeners', { name: 'event streams', stop: () => streams.drain() });
  }

  /** `stations` is the module that exports `STATIONS_SHOWN`, `STATION_GROUPS` and `TICKET_USES`. */
  static with(stations: Type): DynamicModule {
    return {
      module: LiveModule,
      imports: [stations],
      controllers: [EventsController, EventTicketsController, EventDescriptionsController],
      providers: [
        { provide: TICKETS, useFactory: (settings: Settings) => new TicketSeal(settings), inject: [SETTINGS] },
        {
          provide: EVENT_STREAMS,
          useFactory: (bus: Bus, shown: StationsShown, groups: StationGroups, logger: Logger, metrics: Metrics) =>
            new EventStreams({ bus, stations: shown, groups, telemetry: new LiveTelemetry(logger, metrics) }),
          inject: [BUS, STATIONS_SHOWN, STATION_GROUPS, LOGGER, METRICS],
        },
      ],
    };
  }
}
