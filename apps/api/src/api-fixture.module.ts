import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { BareFace } from '@voltbus/http';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, type Part, type Phase } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { ApiModule } from './api.module';
import type { Logger } from '@voltbus/telemetry';

/** For specs: the whole API on a database of its own, with no process around it, asked without a port. */
export interface ApiFixture {
  face: BareFace;
  databaseUrl: string;
  close(): Promise<void>;
}

export async function startApi(logger: Logger = silentLogger): Promise<ApiFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const stops: (() => Promise<void> | void)[] = [drop, () => bus.close()];
  const face = await BareFace.of({
    modules: [ApiModule],
    databaseUrl: url,
    logger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, new MemoryConnections()],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [HEALTH, { addCheck: () => undefined }],
      [LIFECYCLE, { add: (_phase: Phase, { stop }: Part) => void stops.push(() => stop?.(1_000)) }],
      [RUN_FACTS, { set: () => undefined }],
    ],
  });
  stops.push(() => face.close());
  return {
    face,
    databaseUrl: url,
    async close() {
      for (const stop of stops.reverse()) await stop();
    },
  };
}
