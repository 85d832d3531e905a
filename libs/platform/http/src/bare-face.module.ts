import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HEALTH, SETTINGS, readSettings, type Health, type Settings } from '@voltbus/runtime';
import { httpFace } from './http-face';
import { TENANT_HEADER } from './tenant';
import type { Logger } from '@voltbus/telemetry';

@Module({})
class Surroundings {
  static of(values: readonly (readonly [symbol, unknown])[]): DynamicModule {
    const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
    return { module: Surroundings, global: true, providers, exports: providers };
  }
}
class Root {}

/** No process, so nobody asks whether it is ready. */
const nobodyAsks: Health = { addCheck: () => undefined, leave: () => undefined, reasons: () => Promise.resolve([]) };

export interface BareFaceParts {
  modules: readonly Type[];
  databaseUrl: string;
  /** Connections to the database. */
  pool?: number;
  logger: Logger;
  /** What a process provides, by its token. The settings need not be among it. */
  provided: readonly (readonly [symbol, unknown])[];
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface Question {
  body?: object | undefined;
  /** Null: none is named. */
  tenant?: string | null;
  /** The administrator's unless given; null: none. */
  key?: string | null | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** For specs: the HTTP face of some modules, with no process around it and no port open. */
export class BareFace {
  /** The administrator's key, and the pepper. */
  static readonly KEY = 'k'.repeat(40);

  private constructor(readonly app: NestFastifyApplication) {}

  /** Of a face in a spec: those of standalone, with `KEY`, and with room for any number of keys that are none. */
  static settings(environment: Readonly<Record<string, string>> = {}): Settings {
    const secrets = { VOLTBUS_ADMIN_KEY: BareFace.KEY, VOLTBUS_KEY_PEPPER: BareFace.KEY };
    const room = { VOLTBUS_API_FAILED_KEYS_PER_MINUTE: '1000000', VOLTBUS_API_OPEN_REQUESTS_PER_MINUTE: '1000000' };
    return readSettings({ ...secrets, ...room, ...environment }, 'standalone', 'standalone');
  }

  static async of({ modules, databaseUrl, pool = 2, logger, provided }: BareFaceParts): Promise<BareFace> {
    const settings = BareFace.settings({ VOLTBUS_DATABASE_URL: databaseUrl, VOLTBUS_DATABASE_POOL: String(pool) });
    const root = { module: Root, imports: [Surroundings.of([[SETTINGS, settings], [HEALTH, nobodyAsks], ...provided]), ...modules] };
    // the face makes a Fastify application, whatever its port calls it
    const app = (await httpFace.create(root, { logger: false }, settings, logger)) as NestFastifyApplication;
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new BareFace(app);
  }

  /** Asks as the administrator asks. The body is null where there is none, or lines of JSON; the spec says what it expects to be in it. */
  async ask<T>(method: Method, url: string, { body, tenant = 'default', key = BareFace.KEY, headers = {} }: Question = {}) {
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

  provided<T>(token: symbol): T {
    return this.app.get<T>(token, { strict: false });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
