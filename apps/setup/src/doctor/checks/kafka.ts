import { KafkaInspection, lacksKafkaRights, type InspectedGroup } from '@voltbus/bus';
import { TOPICS } from '@voltbus/contracts';
import { kafkaAccessOf, type Settings } from '@voltbus/runtime';
import { attempt, failure, ok, reasonOf, skipped, warning, type Finding } from '../finding';
import { CLOCK_ERROR_MS, LAG_BEHIND_MS } from '../limits';
import { validity } from './certificates';

/** The services that join consumer groups; the names of their groups begin with theirs. */
const CONSUMERS = ['device-config', 'router', 'transaction', 'cdr', 'webhooks'] as const;
const AWAY = 'start Kafka, or mend VOLTBUS_KAFKA_BROKERS';

export async function examineKafka(settings: Settings, now: number): Promise<Finding[]> {
  const { KAFKA_BROKERS: brokers } = settings;
  if (brokers === undefined) return [skipped('kafka', 'VOLTBUS_KAFKA_BROKERS is not given', 'give it to have Kafka examined')];
  const kafka = new KafkaInspection({ brokers, access: kafkaAccessOf(settings), clientId: 'voltbus-doctor' });
  try {
    const reached = await attempt('kafka', AWAY, async () => [ok('kafka', `brokers: ${(await kafka.brokers()).join(', ')}`)]);
    if (reached.some(({ severity }) => severity === 'error')) return reached;
    return [
      ...reached,
      ...(await attempt('kafka.topics', 'grant Describe and DescribeConfigs on the topics', () => topics(kafka, settings))),
      ...(await attempt('kafka.clock', 'grant Describe on the topics', () => clock(kafka, now))),
      ...(await groupsOf(kafka, now)),
      ...(await kafka.certificates()).flatMap(({ server, certificate }) =>
        certificate === null ? [] : [validity('kafka.certificate', `the broker ${server}`, certificate, now)],
      ),
    ];
  } finally {
    await kafka.close();
  }
}

async function topics(kafka: KafkaInspection, { TOPIC_REPLICATION: replication }: Settings): Promise<Finding[]> {
  const problems = await kafka.topicProblems(TOPICS, replication);
  if (problems.length === 0) return [ok('kafka.topics', `all ${TOPICS.length} topics are as declared`)];
  return problems.map((problem) => failure('kafka.topics', problem, topicRemedy(problem)));
}

function topicRemedy(problem: string): string {
  if (problem.endsWith('is missing')) return 'run the set-up: `node apps/setup/dist/main.js`';
  if (problem.includes(' partitions ')) return 'docs/how-to/deploy-to-kubernetes.md: partitions are chosen once';
  if (problem.includes(' replicas ')) return 'raise its replication with kafka-reassign-partitions.sh, or lower VOLTBUS_TOPIC_REPLICATION';
  return 'change it with kafka-configs.sh --alter --entity-type topics';
}

/** Brokers stamp the records: a stamp of the future shows a clock that is ahead. One that is behind does not show. */
async function clock(kafka: KafkaInspection, now: number): Promise<Finding[]> {
  const ahead = await kafka.stampedAfter(TOPICS, now + CLOCK_ERROR_MS);
  if (ahead.length === 0) return [ok('kafka.clock', 'no broker has stamped a record with a time of the future')];
  const message = `records are stamped more than ${CLOCK_ERROR_MS / 1_000} s in the future: ${ahead.join(', ')}`;
  return [failure('kafka.clock', message, 'synchronize the clocks of the brokers and of this machine (NTP, chrony)')];
}

async function groupsOf(kafka: KafkaInspection, now: number): Promise<Finding[]> {
  try {
    const prefixes = CONSUMERS.map((service) => `${service}:`);
    return lagFindings(await kafka.groups(prefixes, now - LAG_BEHIND_MS));
  } catch (error) {
    const why = reasonOf(error);
    if (lacksKafkaRights(error)) return [skipped('kafka.lag', why, 'grant Describe on the groups of Voltbus to the user of the doctor')];
    return [failure('kafka.lag', `cannot be examined: ${why}`, AWAY)];
  }
}

/** Exported for its spec. */
export function lagFindings(groups: readonly InspectedGroup[]): Finding[] {
  return CONSUMERS.flatMap((service) => {
    const own = groups.filter(({ group }) => group.startsWith(`${service}:`));
    const members = own.reduce((sum, one) => sum + one.members, 0);
    if (own.length === 0) return [warning('kafka.lag', `no process ${service} has ever read its topics`, `start ${service}`)];
    const late = own.filter(({ behind }) => behind).map((one) => behindFinding(service, one));
    if (late.length > 0) return late;
    if (members === 0) return [warning('kafka.lag', `no process ${service} reads its topics now`, `start ${service}`)];
    const lag = own.reduce((sum, one) => sum + one.lag, 0);
    return [ok('kafka.lag', `${service}: ${own.length} groups, ${lag} records in hand, none older than ${LAG_BEHIND_MS / 1_000} s`)];
  });
}

function behindFinding(service: string, { group, lag, members, state }: InspectedGroup): Finding {
  const message = `the group ${group} has ${lag} records to handle, some older than ${LAG_BEHIND_MS / 1_000} s (${state}, ${members} members)`;
  if (members === 0) return failure('kafka.lag', message, `start ${service}: no process reads them`);
  return failure('kafka.lag', message, `see the log and /ready of ${service}; where it only has too much to do, start more of them`);
}
