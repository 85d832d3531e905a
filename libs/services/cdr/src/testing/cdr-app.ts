import { TENANT_DIRECTORY } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import type { Service } from '@voltbus/service';
import { startServiceApp, type ServiceApp } from '@voltbus/service/testing';
import { cdr } from '../service';
import { settlement } from '../settlement/block';
import { tariffs } from '../tariffs/block';
import { pricesOf } from './open-cdr';

type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';

/** The HTTP API of the service on a database of its own. Every tenant but `nobody` exists, with EUR and the default tariff `standard`. */
export class CdrApp {
  readonly face: TestApp;
  private readonly service: Service;

  private constructor(private readonly running: ServiceApp) {
    this.face = running.app;
    this.service = running.service;
  }

  /** `databaseUrl`: one that others use as well, and that stays. */
  static async start(databaseUrl?: string): Promise<CdrApp> {
    const find = (tenant: string) => Promise.resolve(tenant === 'nobody' ? null : { tenant, currency: 'EUR', defaultTariff: 'standard' });
    return new CdrApp(await startServiceApp(cdr, { databaseUrl, provided: [[TENANT_DIRECTORY, { find }]] }));
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
    return this.running.close();
  }
}
