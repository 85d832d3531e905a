import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { answering, freePorts, serverOf, type Server } from './server';

export interface KafkaServer extends Server {
  brokers: string[];
}

const VERSION = '4.3.1';
const CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw';
const READY_SECONDS = 60;
const DOWNLOAD_MS = 300_000;
const LOG_TAIL = 3_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>voltbus</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** A real single-node Kafka (KRaft) on this machine: its jars from Maven Central, Java 17. `dataDir` is kept; its ports too, so that a restart is the same broker. */
export async function startNativeKafka(dataDir: string, cacheDir: string): Promise<KafkaServer> {
  const classpath = join(kafkaJars(resolve(cacheDir)), '*');
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, propertiesOf(folder, port, controllerPort));
  if (!existsSync(join(folder, 'logs'))) java(classpath, ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]);
  const brokers = [`127.0.0.1:${port}`];
  const server = await serverOf(() => launch(classpath, properties, folder, brokers));
  return Object.assign(server, { brokers });
}

async function launch(classpath: string, properties: string, folder: string, brokers: string[]): Promise<ChildProcess> {
  const logFile = join(folder, 'kafka.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    'java',
    ['-Xmx512m', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classpath, 'kafka.Kafka', properties],
    {
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  child.unref();
  await answering(
    'Kafka',
    child,
    READY_SECONDS,
    () => ask(brokers),
    () => readFileSync(logFile, 'utf8').slice(-LOG_TAIL),
  );
  return child;
}

async function ask(brokers: string[]): Promise<void> {
  const admin = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
  }).admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

/** The folder of jars, fetched once. */
function kafkaJars(cacheDir: string): string {
  const jars = join(cacheDir, `kafka-${VERSION}`);
  if (existsSync(jars)) return jars;
  const half = `${jars}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'pom.xml'), POM);
  try {
    execFileSync('mvn', ['-q', '-B', '-f', join(half, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${half}`], {
      stdio: 'pipe',
      timeout: DOWNLOAD_MS,
    });
  } catch (error) {
    throw new Error(
      `Kafka could not be fetched with Maven: ${wordsOf(error)}\nInstall Java 17 and Maven, start a Docker daemon, or name brokers in VOLTBUS_KAFKA_BROKERS.`,
      { cause: error },
    );
  }
  if (!readdirSync(half).some((file) => file.endsWith('.jar'))) throw new Error('Maven fetched no jars of Kafka');
  renameSync(half, jars);
  return jars;
}

function java(classpath: string, words: string[]): void {
  try {
    execFileSync('java', ['-cp', classpath, ...words], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`Java 17 could not run ${words[0]}: ${wordsOf(error)}`, { cause: error });
  }
}

function propertiesOf(folder: string, port: number, controllerPort: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'logs'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'num.recovery.threads.per.data.dir': 8, // hundreds of partitions are looked through after a kill -9
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function wordsOf(error: unknown): string {
  const { stderr, stdout, code } = error as { stderr?: Buffer; stdout?: Buffer; code?: string }; // what execFileSync throws
  const said = `${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`.trim();
  return said !== '' ? said.slice(-LOG_TAIL) : code === 'ENOENT' ? 'it is not installed' : String(error);
}
