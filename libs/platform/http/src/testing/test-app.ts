import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HEALTH, SETTINGS, readSettings, type Health, type Settings } from '@voltbus/runtime';
import type { Logger } from '@voltbus/telemetry';
import { TENANT_HEADER } from '../auth/tenant';
import { httpApi } from '../http-api';

/** Provides globally what a process provides. */
@Module({})
class ProcessModule {
  static of(values: readonly (readonly [symbol, unknown])[]): DynamicModule {
    const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
    return { module: ProcessModule, global: true, providers, exports: providers };
  }
}
class TestRoot {}

/** There is no process whose readiness could be checked. */
const noHealth: Health = { addCheck: () => undefined, leave: () => undefined, reasons: () => Promise.resolve([]) };

export interface TestAppOptions {
  modules: readonly Type[];
  databaseUrl: string;
  /** Connections to the database. */
  pool?: number;
  logger: Logger;
  /** Settings by their full names, beside those of every test. */
  environment?: Readonly<Record<string, string>>;
  /** The providers of a process by their tokens, without the settings. */
  provided: readonly (readonly [symbol, unknown])[];
}

type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

export interface TestRequest {
  body?: object | undefined;
  /** Null names none. */
  tenant?: string | null;
  /** The administrator's unless given; null sends none. */
  key?: string | null | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** The HTTP API of some modules without a process around it; requests are injected, no port is opened. */
export class TestApp {
  /** The administrator's key, and the pepper. */
  static readonly KEY = 'k'.repeat(40);

  private constructor(readonly app: NestFastifyApplication) {}

  /** The settings of standalone, with `KEY`, and with quotas that no spec exceeds by accident. */
  static settings(environment: Readonly<Record<string, string>> = {}): Settings {
    const secrets = { VOLTBUS_ADMIN_KEY: TestApp.KEY, VOLTBUS_KEY_PEPPER: TestApp.KEY };
    const quotas = { VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '1000000', VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '1000000' };
    return readSettings({ ...secrets, ...quotas, ...environment }, 'standalone', 'standalone');
  }

  static async create({ modules, databaseUrl, pool = 2, logger, environment = {}, provided }: TestAppOptions): Promise<TestApp> {
    const settings = TestApp.settings({ ...environment, VOLTBUS_DATABASE_URL: databaseUrl, VOLTBUS_DATABASE_POOL: String(pool) });
    const root = { module: TestRoot, imports: [ProcessModule.of([[SETTINGS, settings], [HEALTH, noHealth], ...provided]), ...modules] };
    const app = await httpApi.create(root, { logger: false }, { settings, logger });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new TestApp(app);
  }

  /** Sends a request as the administrator does. The answer's body is null where it is empty or lines of JSON; the spec names its type. */
  async request<T>(method: Method, url: string, { body, tenant = 'default', key = TestApp.KEY, headers = {} }: TestRequest = {}) {
    const credentials = key === null ? {} : { authorization: `Bearer ${key}` };
    const named = tenant === null ? {} : { [TENANT_HEADER]: tenant };
    const {
      statusCode,
      payload,
      headers: answered,
    } = await this.app.inject({
      method,
      url,
      headers: { ...credentials, ...named, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    const isLines = String(answered['content-type']).startsWith('application/x-ndjson');
    return { status: statusCode, body: (payload === '' || isLines ? null : JSON.parse(payload)) as T };
  }

  /** The provider of a token. */
  get<T>(token: symbol): T {
    return this.app.get<T>(token, { strict: false });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
