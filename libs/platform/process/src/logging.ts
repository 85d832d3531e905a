import type { LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import type { Mode } from './read-settings';
import type { Settings } from './settings';

/** Never in a log, wherever they turn up. */
const SECRET_PATHS = ['password', 'authorization', 'idToken', 'idTag', 'keyHashes', 'AuthorizationKey', 'BasicAuthPassword'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
const STDOUT = 1;
const STDERR = 2;

/** JSON lines: on stdout in the cluster, on stderr in standalone, where stdout is for the person who typed the command. */
export function openLog(name: string, mode: Mode, { LOG_LEVEL, POD_NAME }: Pick<Settings, 'LOG_LEVEL' | 'POD_NAME'>): Logger {
  return pino(
    {
      level: LOG_LEVEL,
      base: { process: name, pod: POD_NAME },
      redact: { paths: SECRET_PATHS, censor: '***' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: mode === 'standalone' ? STDERR : STDOUT, sync: true }),
  );
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
