import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { KafkaBus } from '@voltbus/bus';
import { TOPICS } from '@voltbus/contracts';
import { freePorts } from '@voltbus/infra';
import { kafkaAccessOf, type DataFolder, type Settings } from '@voltbus/runtime';
import { noopTelemetry } from '@voltbus/telemetry';
import type { StackFacts } from './facts';
import { ProcessSupervisor } from './process-supervisor';
import { startServers, type StackServers } from './servers';

interface StackOptions {
  /** For the stack's secrets, facts, logs and data. */
  folder: DataFolder;
  gateways: number;
  httpPort: number;
  ocppPort: number;
  settings: Settings;
  /** Passed on to the processes, except for the settings that the stack decides. */
  environment: NodeJS.ProcessEnv;
  log(text: string): void;
}

const GATEWAY = 'gateway-';
/** Shorter than in a cluster, unless the environment sets it: on a laptop nobody waits a minute for the end. */
const DRAIN_SECONDS = 10;
/** Their contents are given to the processes, and a setting is not given twice. */
const GIVEN_BELOW = /^VOLTBUS_(ADMIN_KEY|KEY_PEPPER|DATABASE_URL|REDIS_URL)_FILE$/;
const SERVICES = ['device-config', 'router', 'transaction', 'cdr', 'webhooks'];

/** The cluster shape on this machine: a process per service on real servers. A process that died is started again only on request. */
export class Stack {
  /** From ready to stopped: only then the facts are written. */
  private up = false;

  private constructor(
    private readonly folder: DataFolder,
    private readonly adminKey: string,
    private readonly servers: StackServers,
    private readonly supervisors: readonly ProcessSupervisor[] = [],
  ) {}

  static async start(options: StackOptions): Promise<Stack> {
    const { folder, settings, log } = options;
    const adminKey = settings.ADMIN_KEY || folder.secret('admin-key');
    const work = folder.file('stack');
    mkdirSync(work, { recursive: true });
    let stack: Stack | null = null;
    const onChanged = (): void => stack?.write();
    const servers = await startServers(work, settings, log, onChanged);
    stack = new Stack(folder, adminKey, servers, await supervisorsOf(options, adminKey, servers, work, onChanged));
    try {
      await ensureTopics(servers.kafka.brokers, settings);
      await Promise.all(stack.supervisors.map((supervisor) => supervisor.start()));
    } catch (error) {
      await stack.stop();
      throw error;
    }
    stack.up = true;
    stack.write();
    return stack;
  }

  get apiUrl(): string {
    return this.supervisorOf('api').facts?.apiUrl ?? '';
  }

  get ocppUrls(): string[] {
    return this.supervisors.flatMap(({ facts }) => facts?.ocppUrl ?? []);
  }

  /** Starts a dead process or server again, on the same data. Rejects when it runs, or nothing has that name. */
  async restart(name: string): Promise<void> {
    if (name === 'kafka' || name === 'redis' || name === 'postgres') await this.servers[name].restart();
    else await this.supervisorOf(name).start();
  }

  /** Stops the gateways first, so that stations are closed in order, then the services and the API, then the servers. */
  async stop(): Promise<void> {
    const gateways = this.supervisors.filter(isGateway);
    await Promise.all(gateways.map((supervisor) => supervisor.stop()));
    await Promise.all(this.supervisors.map((supervisor) => supervisor.stop()));
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
    this.up = false;
    rmSync(this.factsFile, { force: true });
  }

  /** Kills all processes, when nothing can be awaited any more. */
  kill(): void {
    for (const supervisor of this.supervisors) supervisor.kill();
  }

  private get factsFile(): string {
    return this.folder.file('stack.json');
  }

  private supervisorOf(name: string): ProcessSupervisor {
    const found = this.supervisors.find((supervisor) => supervisor.name === name);
    if (found === undefined)
      throw new Error(
        `nothing here is called ${name}; there are ${[...this.supervisors.map((supervisor) => supervisor.name), ...Object.keys(this.servers)].join(', ')}`,
      );
    return found;
  }

  /** The file is replaced as a whole, so that nobody reads half of it. */
  private write(): void {
    if (!this.up) return;
    const half = `${this.factsFile}.half`;
    writeFileSync(half, `${JSON.stringify(this.facts(), null, 1)}\n`, { mode: 0o600 });
    renameSync(half, this.factsFile);
  }

  private facts(): StackFacts {
    const { kafka, redis, postgres } = this.servers;
    const traits = ({ name, pid, facts }: ProcessSupervisor) => ({ name, pid, internalUrl: facts?.internalUrl ?? '' });
    return {
      apiUrl: this.apiUrl,
      adminKey: this.adminKey,
      gateways: this.supervisors.filter(isGateway).map((gateway) => ({ ...traits(gateway), ocppUrl: gateway.facts?.ocppUrl ?? '' })),
      processes: this.supervisors.filter((supervisor) => !isGateway(supervisor)).map(traits),
      kafka: { brokers: kafka.brokers, pid: kafka.pid },
      redis: { url: redis.url, pid: redis.pid },
      postgres: { url: postgres.url, pid: postgres.pid },
    };
  }
}

function isGateway({ name }: ProcessSupervisor): boolean {
  return name.startsWith(GATEWAY);
}

/** Each process has ports of its own, which stay the same after a restart. */
async function supervisorsOf(
  { folder, gateways, httpPort, ocppPort, settings, environment }: StackOptions,
  adminKey: string,
  servers: StackServers,
  work: string,
  onChanged: () => void,
): Promise<ProcessSupervisor[]> {
  const names = [...Array.from({ length: gateways }, (_, index) => `${GATEWAY}${index + 1}`), ...SERVICES, 'api'];
  const [freeHttp, ...free] = await freePorts(1 + names.length + gateways); // all at once, so that no port is given twice
  const api = httpPort === 0 ? freeHttp : httpPort;
  const ocpp = ocppPort === 0 ? free.slice(names.length) : Array.from({ length: gateways }, (_, index) => ocppPort + index);
  const drainSeconds = Number(environment['VOLTBUS_DRAIN_SECONDS'] || DRAIN_SECONDS);
  const shared = {
    ...Object.fromEntries(Object.entries(environment).filter(([variable]) => !GIVEN_BELOW.test(variable))),
    VOLTBUS_HOST: settings.HOST,
    VOLTBUS_INTERNAL_HOST: environment['VOLTBUS_INTERNAL_HOST'] || '127.0.0.1', // on a laptop the probes come from the same machine
    VOLTBUS_DATA_DIR: work,
    VOLTBUS_DRAIN_SECONDS: String(drainSeconds),
    VOLTBUS_STOP_DELAY_SECONDS: environment['VOLTBUS_STOP_DELAY_SECONDS'] || '0', // there is no load balancer that has to notice
    VOLTBUS_KAFKA_BROKERS: servers.kafka.brokers.join(','),
    VOLTBUS_REDIS_URL: servers.redis.url,
    VOLTBUS_DATABASE_URL: servers.postgres.url,
    VOLTBUS_ADMIN_KEY: adminKey,
    VOLTBUS_KEY_PEPPER: settings.KEY_PEPPER || folder.secret('key-pepper'),
  };
  return names.map((name, index) => {
    const gateway = name.startsWith(GATEWAY);
    const own = {
      VOLTBUS_POD_NAME: name,
      VOLTBUS_INTERNAL_PORT: String(free[index]),
      ...(gateway ? { VOLTBUS_OCPP_PORT: String(ocpp[index]) } : {}),
      ...(name === 'api' ? { VOLTBUS_HTTP_PORT: String(api) } : {}),
    };
    const options = { name, app: gateway ? 'gateway' : name, environment: { ...shared, ...own }, folder: work, drainSeconds };
    return new ProcessSupervisor(options, onChanged);
  });
}

async function ensureTopics(brokers: string[], settings: Settings): Promise<void> {
  const kafka = {
    brokers,
    access: kafkaAccessOf(settings),
    replication: settings.TOPIC_REPLICATION,
    keyedPartitions: settings.TOPIC_PARTITIONS,
  };
  const bus = new KafkaBus({ ...noopTelemetry, ...kafka, clientId: 'stack', onCrash: 'rebuild' });
  try {
    await bus.ensureTopics(TOPICS);
  } finally {
    await bus.close();
  }
}

/** The file with the port and the secret by which another terminal reaches the stack. */
export function controlFile(folder: DataFolder): string {
  return folder.file('stack.control');
}
