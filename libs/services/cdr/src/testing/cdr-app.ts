import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { TENANT_DIRECTORY } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, CONNECTIONS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { serviceModules, type Service } from '@voltbus/service';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { cdr } from '../service';
import { settlement } from '../settlement/block';
import { tariffs } from '../tariffs/block';
import { pricesOf } from './open-cdr';

type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';

/** The HTTP API of the service on a database of its own. Every tenant but `nobody` exists, with EUR and the default tariff `standard`. */
export class CdrApp {
  private constructor(
    readonly face: TestApp,
    private readonly service: Service,
    private readonly drop: () => Promise<void>,
  ) {}

  /** `databaseUrl`: one that others use as well, and that stays. */
  static async start(databaseUrl?: string): Promise<CdrApp> {
    const { url, drop } = databaseUrl === undefined ? await freshDatabase() : { url: databaseUrl, drop: () => Promise.resolve() };
    const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
    const modules = serviceModules(cdr);
    const find = (tenant: string) => Promise.resolve(tenant === 'nobody' ? null : { tenant, currency: 'EUR', defaultTariff: 'standard' });
    const face = await TestApp.create({
      modules: [modules.http],
      databaseUrl: url,
      logger: silentLogger,
      provided: [
        [BUS, bus],
        [CONNECTIONS, new MemoryConnections()],
        [LOGGER, silentLogger],
        [METRICS, testMetrics()],
        [LIFECYCLE, { add: () => undefined }],
        [TENANT_DIRECTORY, { find }],
      ],
    });
    const service = face.get<Service>(modules.token);
    return new CdrApp(face, service, async () => {
      await service.stop();
      await service.database.destroy();
      await face.close();
      await bus.close();
      await drop();
    });
  }

  get billing() {
    return this.service.use(settlement).billing;
  }

  get database() {
    return this.service.database;
  }

  get tariffs() {
    return pricesOf(this.service.storeOf(tariffs)).tariffs;
  }

  request<T = Record<string, unknown>>(method: Method, url: string, body?: object, tenant = 'default') {
    return this.face.request<T>(method, url, { body, tenant });
  }

  close(): Promise<void> {
    return this.drop();
  }
}
