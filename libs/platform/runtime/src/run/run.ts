import { lacksKafkaRights } from '@voltbus/bus';
import { DataFolderInUse, RowSecurityUnavailable, UnknownSchema } from '@voltbus/database';
import { dependencyOf } from '../health/dependency-of';
import { asksForHelp, helpText, type DescribedCommand } from '../settings/command-line';
import { Checks } from '../health/health';
import { TroubleLog, logDestination, openLog } from '@voltbus/telemetry';
import { giveWay, portProblems, type PortSetting } from '../settings/ports';
import { ConfigError, readSettings } from '../settings/read-settings';
import type { ProcessDefinition } from './process-definition';
import { Running } from './running';
import type { Settings } from '../settings/settings';

const EXIT_CONFIG = 78;
const STANDALONE: DescribedCommand = {
  usage: ['npm start [-- --demo]'],
  about: `The whole system in one process on embedded defaults. Everything else is a setting in the environment, such as
VOLTBUS_OCPP_PORT (9000), VOLTBUS_HTTP_PORT (8080), VOLTBUS_INTERNAL_PORT (9090), VOLTBUS_HOST (127.0.0.1),
VOLTBUS_DATA_DIR (.voltbus): docs/reference/config.md has them all.`,
  options: {
    demo: { type: 'boolean', default: false, description: 'four simulated stations charge, on a data folder and ports of their own' },
  },
};

/** The data folder of a demo by default, beside the one of ordinary use. */
const DEMO_ENVIRONMENT = { VOLTBUS_DATA_DIR: '.voltbus-demo' };

/**
 * Runs a process: settings, log, metrics, infrastructure, module, phases, signals. Never rejects. Exits with 78 when the operator must change
 * something, 1 when it could not start, met a defect or did not stop in time, 0 after a signal.
 */
export async function runProcess(definition: ProcessDefinition): Promise<void> {
  if (definition.mode === 'standalone' && asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(STANDALONE));
  try {
    const demo = process.argv.includes('--demo');
    const settings = readSettings({ ...(demo ? DEMO_ENVIRONMENT : {}), ...named(process.env) }, definition.mode, definition.name);
    settings.DEMO = demoAsked(settings);
    if (demo)
      await giveWay(
        settings,
        portsOf(definition).filter((name) => named(process.env)[`VOLTBUS_${name}`] === undefined),
      );
    const problems = await portProblems(settings, portsOf(definition));
    if (problems.length > 0) throw new ConfigError(problems);
    await runningOf(definition, settings).start();
  } catch (error) {
    leave(error);
  }
}

function runningOf(definition: ProcessDefinition, settings: Settings): Running {
  const health = new Checks();
  const stillAway = async (dependency: string): Promise<boolean> =>
    (await health.reasons()).some((reason) => reason.split(':', 1)[0]?.endsWith(dependency) === true);
  const troubles = new TroubleLog({ dependencyOf, stillAway });
  const { LOG_LEVEL: level, LOG_FORMAT: format, POD_NAME: pod } = settings;
  const logger = openLog({ process: definition.name, pod, level, to: logDestination(definition.mode, format), troubles });
  return new Running(definition, { settings, logger, health });
}

function demoAsked(settings: Settings): boolean {
  const unknown = process.argv.slice(2).filter((arg) => arg !== '--demo');
  if (unknown.length > 0) throw new ConfigError([`unknown argument ${unknown.join(' ')}; there are --demo and --help`]);
  const demo = settings.DEMO || process.argv.includes('--demo');
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(settings.HOST);
  if (demo && !loopback) throw new ConfigError([`--demo lets anybody in: VOLTBUS_HOST must be a loopback address, not ${settings.HOST}`]);
  return demo;
}

/** An empty value counts as none. */
function named(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

function portsOf({ name, http }: ProcessDefinition): PortSetting[] {
  const ocpp = name === 'gateway' || name === 'standalone';
  return [...(ocpp ? ['OCPP_PORT' as const] : []), ...(http === undefined ? [] : ['HTTP_PORT' as const]), 'INTERNAL_PORT'];
}

/** Writes plain text to stderr, in the cluster too, because the person who started the process reads it. */
export function leave(error: unknown): never {
  const problems = problemsOf(error);
  if (problems !== null) {
    process.stderr.write(`voltbus cannot start:\n${problems.map((problem) => `  - ${problem}\n`).join('')}`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(`voltbus cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

/** Returns the problems that the operator must solve; null for any other error. */
function problemsOf(error: unknown): readonly string[] | null {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof DataFolderInUse) return [`${error.message}: stop it, or name another one in VOLTBUS_DATA_DIR`];
  if (lacksKafkaRights(error))
    return [`Kafka: ${error instanceof Error ? error.message : String(error)}: give the user the rights of docs/reference/topics.md`];
  if (error instanceof RowSecurityUnavailable) return [`VOLTBUS_ROW_SECURITY is required, and ${error.message}`];
  return error instanceof UnknownSchema ? [error.message] : null;
}
