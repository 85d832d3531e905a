import { CompressionCodecs, CompressionTypes, Kafka, logLevel, type Admin, type LogEntry } from 'kafkajs';
import SnappyCodec from 'kafkajs-snappy';
import { BusUnavailable } from '../port';
import { accessOptions, type KafkaAccess } from './kafka-access';
import { useFetchSessions } from './fetch-sessions';
import { guardIdleTimer } from './idle-guard';
import { pause } from '../pause';
import type { Logger } from '@voltbus/telemetry';

/**
 * Retries for a broker restart of a few seconds (measured: with the defaults producers threw after 5 s and consumers
 * came back 20 s after the broker; with these an outage of five seconds cost no error and no record).
 */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 1_000 } as const;
const REQUEST_TIMEOUT_MS = 5_000;
/** Questions beside the hot path give up early: their timeout is near, and what is left of them must not try on for ever. */
export const ASK_RETRY = { ...RETRY, retries: 5 } as const;
/** A question to the cluster beside the hot path is given up after so long. */
const ADMIN_TIMEOUT_MS = 5_000;
/** A broker that was killed, on a busy machine, looks through all its partitions before it leads them again. */
const INSIST_MS = 60_000;
const INSIST_EVERY_MS = 250;

interface KafkaClientOptions {
  brokers: readonly string[];
  clientId: string;
  logger: Logger;
  access?: KafkaAccess | undefined;
  retry?: { retries: number };
}

export function kafkaClient({ brokers, clientId, logger, access = {}, retry = RETRY }: KafkaClientOptions): Kafka {
  CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec; // gzip is built in
  guardIdleTimer();
  useFetchSessions();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { ...RETRY, ...retry },
    ...accessOptions(access),
    logLevel: logLevel.INFO,
    logCreator: () => logTo(logger),
  });
}

/** kafkajs logs an absent broker several times a second for every connection: each message is passed on once in this time. */
const REPEAT_AFTER_MS = 60_000;

/** Passes kafkajs's log on, errors as warnings: kafkajs tries again by itself, and the bus logs what is lasting. */
function logTo(logger: Logger): (entry: LogEntry) => void {
  const loggedAt = new Map<string, number>();
  return ({ level, namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }) => {
    if (level !== logLevel.ERROR && level !== logLevel.WARN) return logger.debug({ ...fields, kafkajs: namespace }, message);
    const now = performance.now();
    if (now - (loggedAt.get(message) ?? -Infinity) < REPEAT_AFTER_MS) return;
    for (const [text, at] of loggedAt) if (now - at >= REPEAT_AFTER_MS) loggedAt.delete(text);
    loggedAt.set(message, now);
    logger.warn({ ...fields, kafkajs: namespace }, message);
  };
}

/** Questions to the cluster, each bounded in time; after one that failed, the next gets a connection of its own. */
export class KafkaAdmin {
  private connected: Promise<Admin> | null = null;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  async ask<T>(question: (admin: Admin) => Promise<T>, timeoutMs = ADMIN_TIMEOUT_MS): Promise<T> {
    if (this.closed) throw new BusUnavailable('the bus is closed');
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the Kafka cluster did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    const connected = (this.connected ??= this.connect());
    try {
      return await Promise.race([connected.then(question), tooLate]);
    } catch (error) {
      if (this.connected === connected) this.connected = null;
      discard(connected);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks until there is an answer: a partition has no leader for a while after its topic was made or its broker came back. */
  async insist<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (const end = performance.now() + INSIST_MS; ; await pause(INSIST_EVERY_MS)) {
      try {
        return await this.ask(question);
      } catch (error) {
        if (this.closed || performance.now() > end) throw error;
      }
    }
  }

  async close(): Promise<void> {
    const { connected } = this;
    this.closed = true;
    this.connected = null;
    if (connected) await connected.then((admin) => admin.disconnect()).catch(() => undefined); // it is closed either way
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}

/** Whatever becomes of it, nobody waits for it any more. */
function discard(connected: Promise<Admin>): void {
  connected.then((admin) => admin.disconnect()).catch(() => undefined);
}
