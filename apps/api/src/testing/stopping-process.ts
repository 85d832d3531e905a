import { Controller, Get, Module } from '@nestjs/common';
import { Public, STATIONS_SHOWN, STATION_GROUPS, TICKET_USES, httpApi, type StationsShown } from '@voltbus/http';
import { runProcess } from '@voltbus/runtime';
import { LiveModule } from '@voltbus/service-live';

/** A process with an HTTP API, for graceful-stop.spec.ts: `/v1/slow` answers when the spec sends SIGUSR2. */
const released = new Promise<void>((resolve) => process.once('SIGUSR2', resolve));

@Controller('v1')
class SlowController {
  @Get('slow')
  @Public()
  async slow() {
    process.stdout.write('slow begun\n');
    await released;
    return { slow: true };
  }

  @Get('quick')
  @Public()
  quick() {
    return { quick: true };
  }
}

const shown: StationsShown = { find: () => Promise.resolve(null) };

@Module({
  providers: [
    { provide: STATIONS_SHOWN, useValue: shown },
    { provide: STATION_GROUPS, useValue: { has: () => Promise.resolve(false), stationsIn: () => Promise.resolve([]) } },
    { provide: TICKET_USES, useValue: { claim: () => Promise.resolve(true) } },
  ],
  exports: [STATIONS_SHOWN, STATION_GROUPS, TICKET_USES],
})
class StationsModule {}

@Module({ imports: [LiveModule.with(StationsModule)], controllers: [SlowController] })
class StoppingModule {}

void runProcess({ name: 'standalone', mode: 'standalone', module: StoppingModule, http: httpApi });
