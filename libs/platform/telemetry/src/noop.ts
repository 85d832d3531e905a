import type { Logger } from './logger';
import type { Metrics } from './metrics';

const nothing = (): void => undefined;

/** A logger that writes nothing, and metrics that count nothing: for a library that is used outside a process of ours. */
export const noopTelemetry: { readonly logger: Logger; readonly metrics: Metrics } = {
  logger: { debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
  metrics: { counter: () => ({ add: nothing }), histogram: () => ({ observe: nothing }), gauge: nothing },
};
