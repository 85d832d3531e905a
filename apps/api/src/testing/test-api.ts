import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, RUN_FACTS, type Part, type Phase } from '@voltbus/runtime';
import type { Logger } from '@voltbus/telemetry';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { ApiModule } from '../api.module';

/** The whole API on a database of its own, without a process around it; requests are injected. */
export interface TestApi {
  app: TestApp;
  databaseUrl: string;
  /** Starts a part that a process would start, by its name; none is otherwise. */
  startPart(name: string): Promise<void>;
  close(): Promise<void>;
}

/** `databaseUrl`: of another test API, as if that were started again with other settings. */
export async function startApi(
  logger: Logger = silentLogger,
  environment: Readonly<Record<string, string>> = {},
  databaseUrl?: string,
): Promise<TestApi> {
  const { url, drop } = databaseUrl === undefined ? await freshDatabase() : { url: databaseUrl, drop: () => Promise.resolve() };
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const parts: Part[] = [];
  const stops: (() => Promise<void> | void)[] = [drop, () => bus.close()];
  const app = await TestApp.create({
    modules: [ApiModule],
    databaseUrl: url,
    logger,
    environment,
    provided: [
      [BUS, bus],
      [CONNECTIONS, new MemoryConnections()],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [HEALTH, { addCheck: () => undefined }],
      [
        LIFECYCLE,
        {
          add: (_phase: Phase, part: Part) => {
            parts.push(part);
            stops.push(() => part.stop?.(60_000)); // a busy machine leaves nothing running into the next file
          },
        },
      ],
      [RUN_FACTS, { set: () => undefined }],
    ],
  });
  stops.push(() => app.close());
  return {
    app,
    databaseUrl: url,
    async startPart(name) {
      const part = parts.find((one) => one.name === name);
      if (part?.start === undefined) throw new Error(`no part ${name} that starts`);
      await part.start();
    },
    async close() {
      for (const stop of stops.reverse()) await stop();
    },
  };
}
