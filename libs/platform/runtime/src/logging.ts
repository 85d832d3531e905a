import type { LoggerService } from '@nestjs/common';
import { maySayASecret, redact, redactText } from '@voltbus/ocpp';
import pino, { type DestinationStream, type Logger } from 'pino';
import { plainLine } from './plain-log';
import type { Mode } from './read-settings';
import type { Settings } from './settings';
import { shownError } from './shown-error';
import { TroubleLog } from './trouble-log';

/** Never in a log, wherever they turn up. */
const SECRET_PATHS = ['password', 'authorization', 'idToken', 'idTag', 'keyHashes', 'AuthorizationKey', 'BasicAuthPassword'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
const WARN = pino.levels.values['warn'];
const STDOUT = 1;
const STDERR = 2;

/** Where a process logs: JSON on stdout in the cluster; on stderr in standalone, where stdout is for the person who typed the command, and plain on a terminal. */
export function logOf(mode: Mode): DestinationStream {
  if (mode === 'cluster') return pino.destination({ fd: STDOUT, sync: true });
  if (process.stderr.isTTY) return { write: (line) => void process.stderr.write(plainLine(line)) };
  return pino.destination({ fd: STDERR, sync: true });
}

/** One JSON object per line. Written at once: what was logged last before a crash is what one wants to read. */
export function openLog(
  name: string,
  { LOG_LEVEL, POD_NAME }: Pick<Settings, 'LOG_LEVEL' | 'POD_NAME'>,
  to: DestinationStream,
  troubles = new TroubleLog(),
): Logger {
  return pino(
    {
      level: LOG_LEVEL,
      base: { process: name, pod: POD_NAME },
      serializers: { err: shownError, error: shownError },
      redact: { paths: SECRET_PATHS, censor: '***' },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: {
        logMethod(words, write, level) {
          const later = (as: 'info' | 'warn', fields: object, message: string): void => this[as](fields, message);
          if (level === WARN && troubles.holds(words[0], later)) return;
          write.apply(this, words);
        },
      },
    },
    { write: (line) => to.write(withoutSecrets(line)) },
  );
}

/** What stations, databases and other services say of their secrets is in no log either: an error may quote it. */
function withoutSecrets(line: string): string {
  if (!maySayASecret(line)) return line;
  try {
    return `${JSON.stringify(redact(JSON.parse(line)).payload)}\n`;
  } catch {
    return `${redactText(line.trimEnd())}\n`;
  }
}

/** Nest's own words, which are about wiring: worth reading when something is wrong. */
export function nestLog(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug(String(message)),
    verbose: (message: unknown) => logger.trace(String(message)),
    debug: (message: unknown) => logger.trace(String(message)),
    warn: (message: unknown) => logger.warn(String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, String(message)),
    fatal: (message: unknown) => logger.fatal(String(message)),
  };
}
