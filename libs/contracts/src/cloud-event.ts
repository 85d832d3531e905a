import type { ServiceName } from './topic';
import { EVENT_TRACE_HEADER } from './trace-context';

/** The installation that is named where `VOLTBUS_INSTALLATION` names none. */
export const DEFAULT_INSTALLATION = 'default';

/** The CloudEvents 1.0 attributes of a record in Kafka binary mode. */
export interface CloudEvent {
  /** Deterministic: a repeat of the same event has the same id. */
  id: string;
  /** `voltbus.cdr.issued` and the like. */
  type: string;
  /** `/voltbus/<installation>/<service that owns the topic>`: with `id` it names the event wherever events of several installations meet. */
  source: string;
  /** Time of the event, ISO 8601 UTC. */
  time: string;
  /** Station key. */
  subject: string;
  tenant: string;
  /** Of a public event: the URN of its value's JSON Schema, see `schemaUrn`. */
  dataschema?: string;
  /**
   * On a CDR that is published again: the revision of its transaction that it still bills. A consumer that only bills
   * can ignore it.
   */
  billedRevision?: number;
  /** CloudEvents' extension for distributed tracing: the W3C traceparent of what made the event, while traces are recorded. */
  traceparent?: string;
}

/** `ce_source` of what a service publishes in an installation. */
export function sourceOf(installation: string, owner: ServiceName): string {
  return `/voltbus/${installation}/${owner}`;
}

/**
 * The `$id` of a published JSON Schema and `ce_dataschema` of the events that it describes. The API serves the schema at
 * `/schemas/<name>/v1.json` (ADR 71).
 */
export function schemaUrn(name: string): string {
  return `urn:voltbus:schema:${name}:v1`;
}

export function toCloudEventHeaders(event: CloudEvent): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: event.time,
    ce_subject: event.subject,
    ce_tenantid: event.tenant,
    ...(event.dataschema === undefined ? {} : { ce_dataschema: event.dataschema }),
    ...(event.billedRevision === undefined ? {} : { ce_billedrevision: String(event.billedRevision) }),
    ...(event.traceparent === undefined ? {} : { [EVENT_TRACE_HEADER]: event.traceparent }),
    'content-type': 'application/json',
  };
}

/** Reads what `toCloudEventHeaders` wrote; throws when a required attribute is missing. */
export function fromCloudEventHeaders(headers: Readonly<Record<string, Uint8Array | undefined>>): CloudEvent {
  const read = (name: string): string => {
    const value = headers[name];
    if (value === undefined) throw new Error(`no header ${name}`);
    return Buffer.from(value).toString('utf8');
  };
  return {
    id: read('ce_id'),
    type: read('ce_type'),
    source: read('ce_source'),
    time: read('ce_time'),
    subject: read('ce_subject'),
    tenant: read('ce_tenantid'),
    ...(headers['ce_dataschema'] === undefined ? {} : { dataschema: read('ce_dataschema') }),
    ...(headers[EVENT_TRACE_HEADER] === undefined ? {} : { traceparent: read(EVENT_TRACE_HEADER) }),
    ...(headers['ce_billedrevision'] === undefined ? {} : { billedRevision: Number(read('ce_billedrevision')) }),
  };
}
