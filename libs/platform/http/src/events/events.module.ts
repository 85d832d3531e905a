import { Inject, Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Bus } from '@voltbus/bus';
import { BUS, LIFECYCLE, LOGGER, METRICS, type Lifecycle } from '@voltbus/runtime';
import { EVENT_DESK, EventDesk } from './event-desk';
import { EventsController } from './events.controller';
import { STATIONS_SHOWN, type StationsShown } from './station-news';
import type { Logger, Metrics } from '@voltbus/telemetry';

/** `GET /v1/events`. */
@Module({})
export class EventsModule {
  constructor(@Inject(EVENT_DESK) desk: EventDesk, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    lifecycle.add('work', { name: 'events', start: () => desk.start(), stop: () => desk.stop() });
    lifecycle.add('doors', { name: 'event streams', stop: () => desk.closeDoor() });
  }

  /** `stations`: the module that exports `STATIONS_SHOWN`. */
  static with(stations: Type): DynamicModule {
    return {
      module: EventsModule,
      imports: [stations],
      controllers: [EventsController],
      providers: [
        {
          provide: EVENT_DESK,
          useFactory: (bus: Bus, shown: StationsShown, logger: Logger, metrics: Metrics) =>
            new EventDesk({ bus, stations: shown, logger, metrics }),
          inject: [BUS, STATIONS_SHOWN, LOGGER, METRICS],
        },
      ],
    };
  }
}
