import { META_HEADER } from './uplink';

/** Header of internal records that are no CloudEvents. */
export const TRACE_HEADER = 'traceparent';
/** CloudEvents' extension for distributed tracing, in Kafka binary mode. */
export const EVENT_TRACE_HEADER = 'ce_traceparent';
/** Place of the traceparent in the packed header of the uplink; that of the downlink has it by name. */
const UPLINK_PLACE = 12;

type Headers = Readonly<Record<string, Uint8Array | undefined>>;

/** The W3C traceparent that a record carries, whichever way; undefined where it carries none. It is not checked. */
export function traceparentIn(headers: Headers): string | undefined {
  const plain = headers[EVENT_TRACE_HEADER] ?? headers[TRACE_HEADER];
  if (plain !== undefined) return Buffer.from(plain).toString('latin1');
  const packed = headers[META_HEADER];
  return packed === undefined ? undefined : packedTraceparent(packed);
}

function packedTraceparent(packed: Uint8Array): string | undefined {
  const fields = parsed(packed);
  if (!Array.isArray(fields)) return undefined;
  const [, downlink] = fields as [unknown, { trace?: unknown } | string | null];
  const found: unknown = typeof downlink === 'object' ? downlink?.trace : fields[UPLINK_PLACE];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function parsed(packed: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(packed).toString('utf8'));
  } catch {
    return undefined; // whoever handles the record refuses it
  }
}
