import { type BusLogger, type BusMetrics } from './telemetry';

/** Says nothing, counts nothing: for what nobody watches, and this library's own tests (those above it use @voltbus/testing). */
export function quiet(): { logger: BusLogger; metrics: BusMetrics } {
  const nothing = () => undefined;
  return {
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
    metrics: { counter: () => ({ add: nothing }), histogram: () => ({ observe: nothing }), gauge: nothing },
  };
}
