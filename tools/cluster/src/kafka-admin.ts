import { Kafka, logLevel, type Admin } from 'kafkajs';

/** For a machine that is busy with the cluster, the servers and the fleet. */
const PATIENCE = { connectionTimeout: 30_000, requestTimeout: 60_000, retry: { retries: 10 } };

/** Runs the work as an operator at the brokers. */
export async function withKafkaAdmin<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], clientId: 'operator', logLevel: logLevel.NOTHING, ...PATIENCE }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
