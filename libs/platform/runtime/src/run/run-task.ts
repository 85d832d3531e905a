import type { Bus } from '@voltbus/bus';
import { checkAccess } from '../infrastructure/check-access';
import { openBus } from '../infrastructure/build-infrastructure';
import { logDestination, openLog, type Logger } from '@voltbus/telemetry';
import { otelMetrics } from '@voltbus/telemetry';
import { readSettings, type ProcessName } from '../settings/read-settings';
import { leave } from './run';
import type { Settings } from '../settings/settings';

/** Work of the cluster that has an end: no ports, no probes. */
export interface TaskDefinition {
  name: ProcessName;
  run(parts: { settings: Settings; bus: Bus; logger: Logger }): Promise<void>;
}

/** Runs a task and leaves: with 0 when it is done, 78 when the operator must change something, 1 when it failed. Never rejects. */
export async function runTask({ name, run }: TaskDefinition): Promise<void> {
  try {
    const settings = readSettings(process.env, 'cluster', name);
    const { LOG_LEVEL: level, LOG_FORMAT: format, POD_NAME: pod } = settings;
    const logger = openLog({ process: name, pod, level, to: logDestination('cluster', format) });
    await checkAccess(name, settings, logger);
    const bus = openBus({ name, mode: 'cluster', settings, logger, metrics: otelMetrics(name) });
    await run({ settings, bus, logger });
    logger.info({}, 'done');
    process.exit(0);
  } catch (error) {
    leave(error);
  }
}
