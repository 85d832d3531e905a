import { noopTelemetry } from '@voltbus/telemetry';
import { ConfigError, checkAccess, type Settings, type ShownSettings } from '@voltbus/runtime';
import type { ServiceSchema } from '../schemas';
import { examineCertificateFiles } from './checks/certificates';
import { examineKafka } from './checks/kafka';
import { examinePostgres } from './checks/postgres';
import { nodeFinding } from './checks/node';
import { examineProcesses, type ExaminedProcess } from './checks/processes';
import { examineRedis } from './checks/redis';
import { attempt, failure, ok, type Finding } from './finding';

export interface Examination {
  findings: Finding[];
  processes: ExaminedProcess[];
}

/** Examines everything that can be reached. Never rejects: what cannot be examined is a finding. */
export async function examine(
  { settings, problems }: ShownSettings,
  processUrls: readonly string[],
  schemas: readonly ServiceSchema[],
): Promise<Examination> {
  const now = Date.now();
  const processes = await examineProcesses(processUrls);
  const findings = [
    nodeFinding('node', 'the doctor', process.versions.node),
    ...problems.map((problem) => failure('settings', problem, 'docs/reference/config.md has every setting')),
    ...(settings === null ? [] : await examineServers(settings, schemas, now)),
    ...processes.flatMap((one) => one.findings),
  ];
  if (settings !== null && processUrls.length === 0 && namesNoServer(settings))
    findings.push(failure('settings', 'there is nothing to examine', 'give the settings of a process in the environment, or --processes'));
  return { findings, processes };
}

/** A server that refuses us is told with its reason and its remedy; what it would have shown beside it is not examined. */
async function examineServers(settings: Settings, schemas: readonly ServiceSchema[], now: number): Promise<Finding[]> {
  const refusals = await refusalsOf(settings);
  const refused = (server: string): boolean => refusals.some(({ message }) => message.startsWith(`${server} at `));
  const rest = await Promise.all([
    refused('Kafka') ? [] : attempt('kafka', 'see the log of the brokers', () => examineKafka(settings, now)),
    refused('Redis') ? [] : attempt('redis', 'see the log of Redis', () => examineRedis(settings, now)),
    refused('Postgres') ? [] : attempt('postgres', 'see the log of Postgres', () => examinePostgres(settings, schemas, now)),
  ]);
  const files = await attempt('certificates.files', 'make the files readable', async () => examineCertificateFiles(settings, now));
  return [ok('settings', 'every setting that is given can be read'), ...refusals, ...rest.flat(), ...files];
}

/** The problems of `checkAccess` end with what to change. */
async function refusalsOf(settings: Settings): Promise<Finding[]> {
  try {
    await checkAccess('doctor', settings, noopTelemetry.logger, 0);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => {
      const cut = problem.lastIndexOf(': ');
      return failure('access', problem.slice(0, cut), problem.slice(cut + 2));
    });
  }
}

function namesNoServer({ KAFKA_BROKERS, REDIS_URL, DATABASE_URL }: Settings): boolean {
  return KAFKA_BROKERS === undefined && REDIS_URL === undefined && DATABASE_URL === '';
}
