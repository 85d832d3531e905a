import { startTracing, type Logger, type Metrics } from '@voltbus/telemetry';
import type { Settings } from '../settings/settings';

/** Starts tracing where `VOLTBUS_OTLP_ENDPOINT` names a collector. Returns how it is stopped, with the last spans exported. */
export function traceAsSet(
  process: string,
  settings: Settings,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): () => Promise<void> {
  const { OTLP_ENDPOINT: endpoint, OTLP_HEADERS: headers = {}, TRACE_RATIO: ratio, TRACE_SLOW_SECONDS: slowSeconds } = settings;
  if (endpoint === undefined) return () => Promise.resolve();
  const { POD_NAME: pod, INSTALLATION: installation } = settings;
  const tracing = startTracing({ process, pod, installation, endpoint, headers, ratio, slowSeconds, logger, metrics });
  return () => tracing.close();
}
