import { hostname } from 'node:os';
import { Inject, Module } from '@nestjs/common';
import { DatabaseLease, LEASE_LAPSE_MS } from '@voltbus/database';
import { ConfigError, LIFECYCLE, LOGGER, SETTINGS, type Lifecycle, type Settings } from '@voltbus/runtime';
import type { Logger } from '@voltbus/telemetry';

/**
 * Refuses a second standalone on one database: each of the two would send commands only to its own stations, and end the others' `offline`.
 * An embedded Postgres belongs to one process by its folder; with Kafka and Redis any number of standalones may work together.
 */
@Module({})
export class OneStandaloneModule {
  constructor(@Inject(SETTINGS) settings: Settings, @Inject(LOGGER) logger: Logger, @Inject(LIFECYCLE) lifecycle: Lifecycle) {
    const shared = settings.KAFKA_BROKERS !== undefined && settings.REDIS_URL !== undefined;
    if (shared || settings.DATABASE_EMBEDDED) return;
    const lease = new DatabaseLease({
      url: settings.DATABASE_URL,
      holder: `process ${process.pid} on ${hostname()}`,
      waiting: (holder) =>
        logger.info(
          { holder, seconds: LEASE_LAPSE_MS / 1_000 },
          'another standalone used the database: waiting to see whether it still runs',
        ),
      lost: leave,
      beatFailed: (err) => logger.warn({ err }, 'the lease of the database was not renewed, it is tried again'),
    });
    lifecycle.add('resources', {
      name: 'lease of the database',
      start: async () => {
        const holder = await lease.take();
        if (holder !== null) throw new ConfigError([inUse(holder)]);
      },
      stop: () => lease.release(),
    });
  }
}

function inUse(holder: string): string {
  return `VOLTBUS_DATABASE_URL: another standalone works on this database (${holder}): stop it, give each its own, or give both Kafka and Redis`;
}

/** Anything that this process sent now could be wrong. It ends as with a defect, and its next start names the reason. */
function leave(holder: string): void {
  setImmediate(() => {
    throw new Error(`the database's lease was lost to ${holder}, while this process was frozen or cut off`);
  });
}
