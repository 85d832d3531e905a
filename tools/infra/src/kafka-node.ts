import { Kafka, logLevel } from 'kafkajs';

export const KAFKA_VERSION = '4.3.1';
export const CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw';

/** One node that is broker and controller (KRaft), for the given listeners. */
export function nodeProperties(place: { broker: string; advertised: string; controller: string; logDir: string }): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${place.controller}`,
    listeners: `PLAINTEXT://${place.broker},CONTROLLER://${place.controller}`,
    'advertised.listeners': `PLAINTEXT://${place.advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': place.logDir,
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    'num.recovery.threads.per.data.dir': '8', // hundreds of partitions are looked through after a kill -9
  };
}

/** Rejects while the broker does not answer. */
export async function askKafka(brokers: string[]): Promise<void> {
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
