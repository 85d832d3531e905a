import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KAFKA_VERSION } from './kafka-node';
import { outputOf } from './output-of';

const CACHE = resolve(__dirname, '../../../.cache');
const DOWNLOAD_MS = 300_000;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>voltbus</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** The folder of Kafka's jars, fetched once from Maven Central into the ignored cache folder. */
export function kafkaJars(): string {
  const jars = join(CACHE, `kafka-${KAFKA_VERSION}`);
  if (existsSync(jars)) return jars;
  const half = `${jars}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'pom.xml'), POM);
  try {
    fetchInto(half);
    if (!existsSync(jars)) renameSync(half, jars); // or somebody else was faster
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return jars;
}

function fetchInto(folder: string): void {
  try {
    execFileSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`], {
      stdio: 'pipe',
      timeout: DOWNLOAD_MS,
    });
  } catch (error) {
    throw new Error(`Maven could not fetch Kafka: ${outputOf(error)}`, { cause: error });
  }
  if (!readdirSync(folder).some((file) => file.endsWith('.jar'))) throw new Error('Maven fetched no jars of Kafka');
}
