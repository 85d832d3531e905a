import { z } from 'zod';
import { decimal, webUrl } from './setting-forms';

/** `name=value` of HTTP headers, comma separated, as OpenTelemetry's own variable has them. */
const headerList = z
  .string()
  .refine((text) => text.split(',').every((one) => /^\s*[\w-]+\s*=\s*[\x20-\x7e]+$/.test(one)), 'must be name=value, comma separated')
  .transform((text): Record<string, string> => Object.fromEntries(text.split(',').map(headerOf)));

function headerOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Log lines and traces. */
export const telemetrySettings = {
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info').describe('Least severity that is logged'),
  LOG_FORMAT: z
    .enum(['auto', 'json', 'text'])
    .default('auto')
    .describe('Form of log lines: `text` for a person, one `json` object a line, or `auto`: text on a terminal, JSON elsewhere'),
  OTLP_ENDPOINT: webUrl
    .optional()
    .describe(
      'OpenTelemetry collector that traces are exported to (OTLP over HTTP, protobuf), such as http://collector:4318; absent: no traces (docs/how-to/follow-a-session.md)',
    ),
  OTLP_HEADERS: headerList
    .optional()
    .describe('HTTP headers of these exports, such as an API key of a hosted service: name=value, comma separated'),
  TRACE_RATIO: decimal(0, 1)
    .default(0.01)
    .describe(
      'Share of traces that is sampled. Those that fail or are slow are kept beside it, and a caller of the API may sample its own',
    ),
  TRACE_SLOW_SECONDS: decimal(0.01, 3600).default(2).describe('Traces of which a part takes so long are kept'),
};
