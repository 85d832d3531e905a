import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@voltbus/telemetry';

/** Nest's own log. Its wiring messages are read only when something is wrong, so they stand at debug. */
export function nestLog(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug({}, String(message)),
    verbose: () => undefined,
    debug: () => undefined,
    warn: (message: unknown) => logger.warn({}, String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ rest }, String(message)),
    fatal: (message: unknown) => logger.fatal({}, String(message)),
  };
}
