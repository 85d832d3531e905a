import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { SupervisedPostgres, UnknownSchema } from '@voltbus/database';
import { GracefulHttpServer } from '../http/graceful-http-server';
import { measureRequests } from '../http/request-metrics';
import { measureCertificates } from '../health/certificate-expiry';
import { dependencyChecks } from '../health/dependency-checks';
import { checkAccess } from '../infrastructure/check-access';
import { openBus, openConnections, readyTopics } from '../infrastructure/build-infrastructure';
import { DataFolder } from './data-folder';
import type { Checks } from '../health/health';
import { InfrastructureModule, type Infrastructure } from '../infrastructure/infrastructure.module';
import { InternalServer } from '../http/internal-server';
import { Phases } from '../lifecycle/lifecycle';
import { nestLog } from './nest-log';
import { otelMetrics, type Logger } from '@voltbus/telemetry';
import { traceAsSet } from './trace-as-set';
import type { Demo, ProcessDefinition } from './process-definition';
import { readyLine, urlOf, writeRunFile, type Facts } from './run-facts';
import type { Settings } from '../settings/settings';

/** One Ctrl-C comes more than once: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 500;

/** A process from its settings to its end. */
export class Running {
  private readonly facts: Facts = {};
  readonly settings: Settings;
  readonly logger: Logger;
  private readonly health: Checks;
  readonly metrics;
  private readonly phases;
  private readonly internal;
  /** Undone in reverse, after the phases. */
  private readonly opened: (() => Promise<void>)[] = [];
  private opening: Promise<void> | undefined;
  private demo: Demo | undefined;
  private httpServer: GracefulHttpServer | undefined;
  private serving = false;
  private adminKeyFile: string | undefined;
  /** The folder of the embedded Postgres. */
  private databaseFolder: string | undefined;
  private stopping = false;
  private stoppingSince = 0;

  constructor(
    private readonly definition: ProcessDefinition,
    { settings, logger, health }: { settings: Settings; logger: Logger; health: Checks },
  ) {
    this.settings = settings;
    this.logger = logger;
    this.health = health;
    this.metrics = otelMetrics(definition.name);
    this.phases = new Phases((part, err) => this.logger.error({ err, part }, 'did not stop in order'));
    measureCertificates(settings, this.metrics);
    this.internal = new InternalServer(this.health, this.metrics);
  }

  /** Rejects when it cannot start, having closed what it had opened. */
  async start(): Promise<void> {
    this.watch();
    this.opening = this.open();
    try {
      await this.opening;
    } catch (error) {
      if (this.stopping) return;
      await this.close();
      throw error instanceof UnknownSchema && this.databaseFolder !== undefined
        ? new UnknownSchema(error.schema, this.databaseFolder)
        : error;
    }
  }

  private async open(): Promise<void> {
    this.opened.push(traceAsSet(this.definition.name, this.settings, this));
    await checkAccess(this.definition.name, this.settings, this.logger);
    if (this.stopping) return;
    if (this.definition.mode === 'standalone') await this.embed();
    const infrastructure = this.infrastructure();
    await readyTopics(infrastructure.bus, this.definition.mode);
    const port = await this.internal.listen(this.settings.INTERNAL_HOST, this.settings.INTERNAL_PORT);
    this.opened.push(() => this.internal.close());
    this.facts.internalUrl = urlOf('http', this.settings.INTERNAL_HOST, port);
    const app = await this.build(infrastructure);
    this.opened.push(() => app.close());
    if (this.stopping) return;
    await this.phases.start();
    if (this.stopping) return;
    this.serving = true;
    this.health.started();
    this.announce();
    if (this.settings.DEMO) await this.showDemo();
  }

  private async showDemo(): Promise<void> {
    const { apiUrl = '', ocppUrl = '' } = this.facts;
    const { ADMIN_KEY: adminKey } = this.settings;
    try {
      this.demo = await this.definition.demo?.({ apiUrl, ocppUrl, keyFile: this.adminKeyFile ?? null, adminKey });
      for (const line of this.demo?.instructions ?? []) process.stdout.write(`${line}\n`);
    } catch (err) {
      this.logger.error({ err }, 'the demo could not be shown');
    }
  }

  /** What standalone brings along. */
  private async embed(): Promise<void> {
    const folder = new DataFolder(this.settings.DATA_DIR);
    folder.admit(this.settings.DEMO);
    if (this.settings.ADMIN_KEY === '') {
      this.settings.ADMIN_KEY = folder.secret('admin-key');
      this.adminKeyFile = folder.file('admin-key');
    }
    this.settings.KEY_PEPPER ||= folder.secret('key-pepper');
    this.settings.RUN_FILE ??= folder.file('run.json');
    if (this.settings.DATABASE_URL !== '') return;
    const postgres = new SupervisedPostgres({
      dataDir: folder.path,
      ended: () => this.logger.error({}, 'the embedded Postgres has ended: it is started again'),
      restarted: () => this.logger.info({}, 'the embedded Postgres is back'),
      gaveUp: (error) => this.defect(error),
    });
    this.settings.DATABASE_URL = await postgres.start();
    this.settings.DATABASE_EMBEDDED = true;
    this.databaseFolder = postgres.files;
    this.opened.push(() => postgres.stop());
    this.health.addCheck('embedded Postgres', () => (postgres.away ? 'is being started again' : null));
  }

  private infrastructure(): Infrastructure {
    const {
      definition: { name, mode },
      settings,
      logger,
      metrics,
    } = this;
    const bus = openBus({ name, mode, settings, logger, metrics });
    this.opened.push(() => bus.close());
    const connections = openConnections({ name, mode, settings, logger, metrics });
    this.opened.push(() => connections.close());
    for (const [dependency, check] of dependencyChecks(name, bus, connections)) this.health.addCheck(dependency, check);
    return {
      settings,
      bus,
      connections,
      logger,
      metrics,
      health: this.health,
      lifecycle: this.phases,
      facts: { set: (fact, value) => void (this.facts[fact] = value) },
    };
  }

  private async build(infrastructure: Infrastructure): Promise<INestApplicationContext> {
    const { http, module } = this.definition;
    const root = { module: RootModule, imports: [InfrastructureModule.of(infrastructure), module] };
    const options = { logger: nestLog(this.logger), abortOnError: false };
    if (http === undefined) return NestFactory.createApplicationContext(root, options);
    const app = await http.create(root, options, this);
    measureRequests(app, this.metrics);
    const server = (this.httpServer = new GracefulHttpServer(app.getHttpServer()));
    this.phases.add('listeners', {
      name: 'http',
      start: async () => {
        await app.listen({ host: this.settings.HOST, port: this.settings.HTTP_PORT });
        this.facts.apiUrl = urlOf('http', this.settings.HOST, Number(new URL(await app.getUrl()).port));
      },
      stop: (withinMs) => server.close(withinMs),
    });
    return app;
  }

  private announce(): void {
    const { RUN_FILE } = this.settings;
    if (RUN_FILE !== undefined) {
      writeRunFile(RUN_FILE, this.facts);
      this.opened.push(async () => rmSync(RUN_FILE, { force: true }));
    }
    if (this.definition.mode === 'standalone') process.stdout.write(readyLine(this.facts, this.adminKeyFile));
    else this.logger.info(this.facts, 'ready');
  }

  private watch(): void {
    process.on('SIGTERM', () => void this.stop('SIGTERM'));
    process.on('SIGINT', () => void this.stop('SIGINT'));
    process.on('unhandledRejection', (err) => this.defect(err));
    process.on('uncaughtException', (err) => this.defect(err));
  }

  /** Once in order; a second signal, or the deadline, ends it at once. */
  private async stop(signal: string): Promise<void> {
    if (this.stopping && performance.now() - this.stoppingSince < ECHO_MS) return;
    if (this.stopping) process.exit(1);
    this.stopping = true;
    this.stoppingSince = performance.now();
    this.logger.info({ signal }, 'stopping');
    this.health.leave('stopping');
    const deadline = setTimeout(() => {
      this.logger.error({}, 'did not stop in time');
      process.exit(1);
    }, this.settings.DRAIN_SECONDS * 1_000);
    await this.opening?.catch((err: unknown) => this.logger.error({ err }, 'did not start'));
    await this.serveOn();
    await this.close();
    clearTimeout(deadline);
    process.exit(0);
  }

  /** A load balancer routes new connections here until it has noticed that this process is not ready. */
  private async serveOn(): Promise<void> {
    this.httpServer?.drain();
    if (this.serving && this.phases.has('listeners')) await pause(this.settings.STOP_DELAY_SECONDS * 1_000);
  }

  private async close(): Promise<void> {
    const spentMs = this.stopping ? performance.now() - this.stoppingSince : 0;
    await this.demo?.stop().catch((err: unknown) => this.logger.error({ err }, 'the demo did not stop in order'));
    await this.phases.stop(Math.max(0, this.settings.DRAIN_SECONDS * 1_000 - spentMs));
    for (const undo of this.opened.reverse()) await undo().catch((err: unknown) => this.logger.error({ err }, 'did not close in order'));
    await this.metrics.close();
  }

  private defect(err: unknown): never {
    this.logger.fatal({ err }, 'a defect: leaving');
    process.exit(1);
  }
}

class RootModule {}
