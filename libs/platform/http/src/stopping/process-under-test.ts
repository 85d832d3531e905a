import { Controller, Get, Module } from '@nestjs/common';
import { runProcess } from '@voltbus/runtime';
import { Public } from '../access';
import { EventsModule } from '../events/events.module';
import { STATIONS_SHOWN, type StationsShown } from '../events/station-news';
import { httpFace } from '../http-face';

/** A process with an HTTP API, for stopping.spec.ts: `/v1/slow` answers when the spec signals it with SIGUSR2. */
const told = new Promise<void>((resolve) => process.once('SIGUSR2', resolve));

@Controller('v1')
class SlowController {
  @Get('slow')
  @Public()
  async slow() {
    process.stdout.write('slow begun\n');
    await told;
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
  providers: [{ provide: STATIONS_SHOWN, useValue: shown }],
  exports: [STATIONS_SHOWN],
})
class StationsModule {}

@Module({ imports: [EventsModule.with(StationsModule)], controllers: [SlowController] })
class ApiUnderTestModule {}

void runProcess({ name: 'standalone', mode: 'standalone', module: ApiUnderTestModule, http: httpFace });
