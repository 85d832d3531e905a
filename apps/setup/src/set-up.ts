import { setTimeout as pause } from 'node:timers/promises';
import { lacksKafkaRights, type Bus } from '@voltbus/bus';
import { TOPICS } from '@voltbus/contracts';
import { isTransientDatabaseError, openDatabase, rowSecurityTrouble } from '@voltbus/database';
import { ConfigError } from '@voltbus/runtime';
import type { ServiceSchema } from './schemas';
import type { Logger } from '@voltbus/telemetry';

/** How long servers that start at the same time as we may take, and how often they are asked. */
const WAIT = { atMostMs: 300_000, everyMs: 2_000 };

interface SetUpParts {
  bus: Pick<Bus, 'ensureTopics' | 'checkTopics'>;
  url: string;
  schemas: readonly ServiceSchema[];
  logger: Pick<Logger, 'info' | 'warn'>;
  wait?: { atMostMs: number; everyMs: number };
}

/** Topics, then every service's schema. What is in order stays as it is; throws `ConfigError` with what somebody must change. */
export async function setUp({ bus, url, schemas, logger, wait = WAIT }: SetUpParts): Promise<void> {
  const insist = insistUntil(performance.now() + wait.atMostMs, wait.everyMs, logger);
  await insist(
    'Kafka',
    (error) => !lacksKafkaRights(error),
    () => bus.ensureTopics(TOPICS),
  );
  const problems = await bus.checkTopics(TOPICS);
  if (problems.length > 0) throw new ConfigError(problems);
  logger.info({ topics: TOPICS.length }, 'topics are in order');
  for (const { schema, migrations, rowConditions } of schemas) {
    const options = { url, schema, migrations, rowConditions, poolSize: 1, applicationName: 'setup' };
    const database = await insist('Postgres', isTransientDatabaseError, () => openDatabase(options));
    const reason = rowSecurityTrouble(database);
    await database.destroy();
    logger.info({ schema }, 'schema is up to date');
    if (reason !== null) logger.warn({ schema, reason }, 'the database cannot limit requests to the rows of their tenant');
  }
}

/** Tries again what can become right by waiting, until the time is over; logs the reason whenever it changes. */
function insistUntil(end: number, everyMs: number, logger: Pick<Logger, 'warn'>) {
  return async <T>(server: string, isTransient: (error: unknown) => boolean, attempt: () => Promise<T>): Promise<T> => {
    for (let logged = ''; ; await pause(everyMs)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isTransient(error) || performance.now() > end) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== logged) logger.warn({ server, reason }, 'waiting for a server');
        logged = reason;
      }
    }
  };
}
