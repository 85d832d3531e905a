import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts, LOOPBACK } from './free-ports';
import { askKafka, CLUSTER_ID, nodeProperties } from './kafka-node';
import { kafkaJars } from './kafka-jars';
import { tailOf, withLog } from './log-file';
import { answering, childLife, serverOf, type Life, type Server } from './server';
import { outputOf } from './output-of';

const READY_SECONDS = 150;
/** What the guard of a process that was killed may need to end its broker, and a little more. */
const LEFT_BEHIND_MS = 20_000;
const LOOK_MS = 100;

/** Listeners beside the plain one, which are reached as `localhost`: their security protocols by their names, and what they need. */
interface MoreListeners {
  protocols: Readonly<Record<string, 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT'>>;
  properties: Readonly<Record<string, string>>;
  /** Users for SCRAM, as `kafka-storage format --add-scram` takes them. */
  scram: readonly string[];
}

const NO_MORE: MoreListeners = { protocols: {}, properties: {}, scram: [] };

type NativeKafka = Server & {
  brokers: string[];
  /** `localhost:port` of the other listeners, by name. */ listeners: Record<string, string>;
};

/** A real Kafka on this machine: its jars from Maven Central, on Java 17. `folder` is kept: a new start finds the records of the last. */
export async function startNativeKafka(
  folder: string,
  changed?: () => void,
  more: MoreListeners = NO_MORE,
  host = LOOPBACK,
): Promise<NativeKafka> {
  const classpath = join(kafkaJars(), '*');
  mkdirSync(folder, { recursive: true });
  await vacant(folder);
  const names = Object.keys(more.protocols);
  const [port = 0, controllerPort = 0, ...others] = await freePorts(2 + names.length);
  const listeners = Object.fromEntries(names.map((name, index) => [name, `localhost:${others[index]}`]));
  const broker = `${host}:${port}`;
  const logDir = join(folder, 'logs');
  const properties = join(folder, 'server.properties');
  const node = nodeProperties({ broker, advertised: broker, controller: `${LOOPBACK}:${controllerPort}`, logDir });
  const settings = { ...withListeners(node, listeners, more), ...more.properties };
  writeFileSync(
    properties,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  if (!existsSync(logDir)) format(classpath, properties, more.scram);
  const server = await serverOf(() => launch(classpath, properties, folder, broker), changed);
  return Object.assign(server, { brokers: [broker], listeners });
}

async function launch(classpath: string, properties: string, folder: string, broker: string): Promise<Life> {
  const logFile = join(folder, 'kafka.log');
  const args = ['-Xmx512m', '-XX:+UseSerialGC', `-Djava.io.tmpdir=${folder}`, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const child = withLog(logFile, (log) =>
    spawn('java', [...args, '-cp', classpath, 'kafka.Kafka', properties], { stdio: ['ignore', log, log], detached: true }),
  );
  writeFileSync(pidFile(folder), String(child.pid));
  return answering('Kafka', childLife(child), READY_SECONDS, { tryOnce: () => askKafka([broker]), log: () => tailOf(logFile) });
}

function withListeners(
  node: Record<string, string>,
  listeners: Record<string, string>,
  { protocols }: MoreListeners,
): Record<string, string> {
  const added = (to: string | undefined, list: string[]): string => [to, ...list].join(',');
  const places = Object.entries(listeners);
  return {
    ...node,
    listeners: added(
      node['listeners'],
      places.map(([name, place]) => `${name}://${place.replace('localhost', LOOPBACK)}`),
    ),
    'advertised.listeners': added(
      node['advertised.listeners'],
      places.map(([name, place]) => `${name}://${place}`),
    ),
    'listener.security.protocol.map': added(
      node['listener.security.protocol.map'],
      Object.entries(protocols).map((pair) => pair.join(':')),
    ),
    'inter.broker.listener.name': 'PLAINTEXT',
  };
}

function format(classpath: string, properties: string, scram: readonly string[]): void {
  try {
    const users = scram.flatMap((user) => ['--add-scram', user]);
    const args = ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...users];
    execFileSync('java', args, { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`Java could not prepare Kafka's folder: ${outputOf(error)}`, { cause: error });
  }
}

/** A second broker ruins the metadata of the first before it finds the folder locked (seen): one that is still there is waited for. */
async function vacant(folder: string): Promise<void> {
  if (!existsSync(pidFile(folder))) return;
  const { servesFrom } = await import('@voltbus/database');
  const pid = Number(readFileSync(pidFile(folder), 'utf8'));
  for (const end = Date.now() + LEFT_BEHIND_MS; servesFrom(folder, pid); await pause(LOOK_MS))
    if (Date.now() > end) throw new Error(`the Kafka of process ${pid} has its data in ${folder}`);
}

function pidFile(folder: string): string {
  return join(folder, 'kafka.pid');
}
