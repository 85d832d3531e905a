import type { X509Certificate } from 'node:crypto';
import type { Admin } from 'kafkajs';
import type { Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import { certificateOfServer } from '@voltbus/tls';
import { tlsOptions, type KafkaAccess } from './kafka-access';
import { ASK_RETRY, KafkaAdmin, kafkaClient } from './kafka-client';
import { describedGroups } from './described-groups';
import { endOffsets, knownLag, offsetsAt, passedBy, positionId, type Position } from './positions';
import { topicProblems } from './topics';

/** A question of an inspection to a cluster is given up after so long. */
const QUESTION_MS = 15_000;

/** A consumer group of ours, as the brokers know it. */
export interface InspectedGroup {
  group: string;
  /** As Kafka names it: `Stable`, `Empty`, `PreparingRebalance` ... */
  state: string;
  members: number;
  /** Records that the group has not handled. */
  lag: number;
  /** Whether some of them are older than the age that was asked for. */
  behind: boolean;
}

/** Asks a cluster about itself, over one connection; every question may reject, for lack of rights as well. */
export class KafkaInspection {
  private readonly admin: KafkaAdmin;

  constructor(private readonly options: { brokers: readonly string[]; access: KafkaAccess; clientId: string }) {
    const { logger } = noopTelemetry; // what fails is told by who asks
    this.admin = new KafkaAdmin(kafkaClient({ ...options, logger, retry: ASK_RETRY }));
  }

  /** `host:port` of every broker that the cluster knows. */
  async brokers(): Promise<string[]> {
    const { brokers } = await this.ask((admin) => admin.describeCluster());
    return brokers.map(({ host, port }) => `${host}:${port}`);
  }

  /** Every difference between the topics and what is declared, as a text. */
  topicProblems(topics: readonly Topic[], replication: number): Promise<string[]> {
    return this.ask((admin) => topicProblems(admin, topics, replication));
  }

  /** The topics that have records stamped later than the instant: the clock of a broker is ahead of ours. */
  async stampedAfter(topics: readonly Topic[], instant: number): Promise<string[]> {
    return this.ask(async (admin) => {
      const ends = await endOffsets(
        admin,
        topics.map(({ name }) => name),
      );
      const late: string[] = [];
      for (const { name } of topics) {
        const isLate = ([partition, offset]: [number, bigint]): boolean =>
          offset >= 0n && offset < (ends.get(positionId(name, partition))?.end ?? 0n);
        if ([...(await offsetsAt(admin, name, instant))].some(isLate)) late.push(name);
      }
      return late;
    });
  }

  /** The consumer groups whose names begin with one of the prefixes; `behind` tells of records older than the instant. */
  async groups(prefixes: readonly string[], instant: number): Promise<InspectedGroup[]> {
    return this.ask(async (admin) => {
      const described = await describedGroups(admin, (group) => prefixes.some((prefix) => group.startsWith(prefix)));
      const inspected: InspectedGroup[] = [];
      for (const { groupId: group, state, members } of described)
        inspected.push({ group, state, members: members.length, ...(await backlogOf(admin, group, instant)) });
      return inspected;
    });
  }

  /** The certificate of each broker, whether it is trusted or not; none without TLS. */
  async certificates(): Promise<{ server: string; certificate: X509Certificate | null }[]> {
    const { tls } = this.options.access;
    if (tls === undefined) return [];
    return Promise.all(
      this.options.brokers.map(async (server) => {
        const [, host = '', port] = /^(.*):(\d+)$/.exec(server) ?? [];
        return { server, certificate: await certificateOfServer(tlsOptions(tls, host, Number(port))) };
      }),
    );
  }

  close(): Promise<void> {
    return this.admin.close();
  }

  private ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    return this.admin.ask(question, QUESTION_MS);
  }
}

/** A partition for which nothing was committed is read from its first record; Kafka's answer leaves it out. */
async function backlogOf(admin: Admin, groupId: string, instant: number): Promise<{ lag: number; behind: boolean }> {
  const positions: Position[] = [];
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const next = committed.get(partition) ?? -1n;
      positions.push({ topic, partition, next: next < 0n ? BigInt(low) : next, end: BigInt(high) });
    }
  }
  const lag = knownLag(positions);
  return { lag, behind: lag > 0 && !(await passedBy(admin, positions, instant)) };
}
