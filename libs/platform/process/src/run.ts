import { rmSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { startEmbeddedPostgres } from '@voltbus/persistence';
import type { Logger } from 'pino';
import { openBus, openConnections, readyTopics } from './build-infrastructure';
import { DataFolder } from './data-folder';
import { Checks } from './health';
import type { HttpFace } from './http-face';
import { InfrastructureModule, type Infrastructure } from './infrastructure.module';
import { InternalServer } from './internal-server';
import { Phases } from './lifecycle';
import { nestLog, openLog } from './logging';
import { otelMetrics } from './otel-metrics';
import { portProblems, type PortSetting } from './ports';
import { ConfigError, readSettings, type Mode, type ProcessName } from './read-settings';
import { urlOf } from './run-facts';
import type { Settings } from './settings';

export interface ProcessDefinition {
  name: ProcessName;
  mode: Mode;
  /** Everything the process does. */
  module: Type;
  /** The HTTP API, where the process has one. */
  http?: HttpFace;
}

const EXIT_CONFIG = 78;
/** Beyond the drain, what a stop may take before the process ends anyway: nothing that was acknowledged is lost by that. */
const STOP_GRACE_MS = 5_000;

/**
 * Runs a process: settings, log, metrics, infrastructure, module, phases, signals. Never rejects. Exits with 78 when the operator must change
 * something, 1 when it could not start or met a defect, 0 after a signal.
 */
export async function runProcess(definition: ProcessDefinition): Promise<void> {
  try {
    const settings = readSettings(process.env, definition.mode, definition.name);
    const demo = demoAsked(settings);
    const problems = await portProblems(settings, portsOf(definition));
    if (problems.length > 0) throw new ConfigError(problems);
    const logger = openLog(definition.name, definition.mode, settings);
    await new Running(definition, settings, logger, demo).start();
  } catch (error) {
    leave(error);
  }
}

function demoAsked(settings: Settings): boolean {
  const unknown = process.argv.slice(2).filter((word) => word !== '--demo');
  if (unknown.length > 0) throw new ConfigError([`unknown argument ${unknown.join(' ')}; there is --demo`]);
  const demo = settings.DEMO || process.argv.includes('--demo');
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(settings.HOST);
  if (demo && !loopback) throw new ConfigError([`--demo lets anybody in: VOLTBUS_HOST must be a loopback address, not ${settings.HOST}`]);
  return demo;
}

function portsOf({ name, http }: ProcessDefinition): PortSetting[] {
  const ocpp = name === 'gateway' || name === 'standalone';
  return [...(ocpp ? ['OCPP_PORT' as const] : []), ...(http === undefined ? [] : ['HTTP_PORT' as const]), 'INTERNAL_PORT'];
}

function leave(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`voltbus cannot start:\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(`voltbus cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

type Facts = Partial<Record<'ocppUrl' | 'apiUrl' | 'internalUrl', string>>;

class Running {
  private readonly facts: Facts = {};
  private readonly health = new Checks();
  private readonly metrics;
  private readonly phases;
  private readonly internal;
  /** Undone in reverse, after the phases. */
  private readonly opened: (() => Promise<void>)[] = [];
  private stopping = false;

  constructor(
    private readonly definition: ProcessDefinition,
    private readonly settings: Settings,
    private readonly logger: Logger,
    private readonly demo: boolean,
  ) {
    this.metrics = otelMetrics(definition.name);
    this.phases = new Phases((part, err) => this.logger.error({ err, part }, 'did not stop in order'));
    this.internal = new InternalServer(this.health, this.metrics);
  }

  async start(): Promise<void> {
    this.watch();
    if (this.definition.mode === 'standalone') await this.embed();
    const infrastructure = this.infrastructure();
    await readyTopics(infrastructure.bus, this.definition.mode);
    const port = await this.internal.listen(this.settings.INTERNAL_HOST, this.settings.INTERNAL_PORT);
    this.opened.push(() => this.internal.close());
    this.facts.internalUrl = urlOf('http', this.settings.INTERNAL_HOST, port);
    const app = await this.build(infrastructure);
    this.opened.push(() => app.close());
    await this.phases.start();
    this.health.started();
    this.announce();
  }

  /** What standalone brings along. */
  private async embed(): Promise<void> {
    const folder = new DataFolder(this.settings.DATA_DIR);
    folder.admit(this.demo);
    this.settings.ADMIN_KEY ||= folder.secret('admin-key');
    this.settings.KEY_PEPPER ||= folder.secret('key-pepper');
    this.settings.RUN_FILE ??= folder.file('run.json');
    if (this.settings.DATABASE_URL !== '') return;
    const postgres = await startEmbeddedPostgres({ dataDir: folder.path });
    this.opened.push(() => postgres.stop());
    this.settings.DATABASE_URL = postgres.url;
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
    const app = await http.create(root, options, this.settings, this.logger);
    this.phases.add('doors', {
      name: 'http',
      start: async () => {
        await app.listen({ host: this.settings.HOST, port: this.settings.HTTP_PORT });
        this.facts.apiUrl = urlOf('http', this.settings.HOST, Number(new URL(await app.getUrl()).port));
      },
    });
    return app;
  }

  private announce(): void {
    const { RUN_FILE, DATA_DIR } = this.settings;
    if (RUN_FILE !== undefined) {
      writeFileSync(RUN_FILE, `${JSON.stringify({ pid: process.pid, ...this.facts, startedAt: new Date().toISOString() })}\n`);
      this.opened.push(async () => rmSync(RUN_FILE, { force: true }));
    }
    const urls = Object.values(this.facts).join('  ');
    if (this.definition.mode === 'standalone') process.stdout.write(`ready  ${urls}  administrator's key: ${DATA_DIR}/admin-key\n`);
    this.logger.info(this.facts, 'ready');
  }

  private watch(): void {
    process.on('SIGTERM', () => void this.stop('SIGTERM'));
    process.on('SIGINT', () => void this.stop('SIGINT'));
    process.on('unhandledRejection', (err) => this.defect(err));
    process.on('uncaughtException', (err) => this.defect(err));
  }

  /** Once in order; a second signal, or the deadline, ends it at once. */
  private async stop(signal: string): Promise<void> {
    if (this.stopping) process.exit(1);
    this.stopping = true;
    this.logger.info({ signal }, 'stopping');
    this.health.leave('stopping');
    setTimeout(
      () => {
        this.logger.error('did not stop in time');
        process.exit(1);
      },
      this.settings.DRAIN_SECONDS * 1_000 + STOP_GRACE_MS,
    ).unref();
    await this.phases.stop();
    for (const undo of this.opened.reverse()) await undo().catch((err: unknown) => this.logger.error({ err }, 'did not close in order'));
    await this.metrics.close();
    process.exit(0);
  }

  private defect(err: unknown): never {
    this.logger.fatal({ err }, 'a defect: leaving');
    process.exit(1);
  }
}

class RootModule {}
