export { LogContext } from './log-context';
export { type Logger } from './logger';
export { type Counter, type Histogram, type Metrics } from './metrics';
export { noopTelemetry } from './noop';
export { otelMetrics, type ServedMetrics } from './otel-metrics';
export { logDestination, openLog, type LogOptions } from './pino-logger';
export { setSpanAttribute } from './span';
export { QUIET_MS, REPEAT_MS, TroubleLog } from './trouble-log';
