import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-ports';
import { askKafka, CLUSTER_ID, nodeProperties } from './kafka-node';
import { kafkaJars } from './kafka-jars';
import { tailOf, withLog } from './log-file';
import { answering, childLife, serverOf, type Life, type Server } from './server';
import { outputOf } from './output-of';

const READY_SECONDS = 150;
/** What the guard of a process that was killed may need to end its broker, and a little more. */
const LEFT_BEHIND_MS = 20_000;
const LOOK_MS = 100;

/** A real Kafka on this machine: its jars from Maven Central, on Java 17. `folder` is kept: a new start finds the records of the last. */
export async function startNativeKafka(folder: string, changed?: () => void): Promise<Server & { brokers: string[] }> {
  const classpath = join(kafkaJars(), '*');
  mkdirSync(folder, { recursive: true });
  await vacant(folder);
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const broker = `127.0.0.1:${port}`;
  const logDir = join(folder, 'logs');
  const properties = join(folder, 'server.properties');
  const settings = nodeProperties({ broker, advertised: broker, controller: `127.0.0.1:${controllerPort}`, logDir });
  writeFileSync(
    properties,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  if (!existsSync(logDir)) format(classpath, properties);
  const server = await serverOf(() => launch(classpath, properties, folder, broker), changed);
  return Object.assign(server, { brokers: [broker] });
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

function format(classpath: string, properties: string): void {
  try {
    execFileSync('java', ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties], { stdio: 'pipe' });
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
