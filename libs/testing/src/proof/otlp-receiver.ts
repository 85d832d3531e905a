import protobuf from 'protobufjs';
import { until } from '../waiting';
import { BodyServer } from './body-server';

/** What tests read of OpenTelemetry's trace protocol; numbers as in opentelemetry-proto 1. */
const PROTOCOL = `
syntax = "proto3";
message Request { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes traceId = 1; bytes spanId = 2; bytes parentSpanId = 4; string name = 5; int32 kind = 6;
  fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
}
message Link { bytes traceId = 1; bytes spanId = 2; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string text = 1; bool flag = 2; int64 whole = 3; double number = 4; ArrayValue list = 5; } }
message ArrayValue { repeated AnyValue values = 1; }`;
const REQUEST = protobuf.parse(PROTOCOL, { keepCase: true }).root.lookupType('Request');
const ERROR = 2;

/** A span as a collector gets it. */
export interface ReceivedSpan {
  /** `service.name` of its process. */
  service: string;
  traceId: string;
  spanId: string;
  /** Empty: it begins its trace. */
  parentId: string;
  name: string;
  failed: boolean;
  statusMessage: string;
  attributes: Record<string, unknown>;
}

interface KeyValue {
  key: string;
  value?: Record<string, unknown>;
}
interface RawSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  status?: { code?: number; message?: string };
  attributes?: KeyValue[];
}
interface RawRequest {
  resourceSpans?: { resource?: { attributes?: KeyValue[] }; scopeSpans?: { spans?: RawSpan[] }[] }[];
}

/** A receiver of OTLP over HTTP (protobuf) on a free port that keeps every span. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Everything that was received, as text: what must not be in traces is searched here. */
  text = '';
  private readonly server = new BodyServer(({ url }, body) => {
    if (url === '/v1/traces') this.take(body);
    return { status: url === '/v1/traces' ? 200 : 404, headers: { 'content-type': 'application/x-protobuf' } };
  });

  private constructor() {}

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await receiver.server.listen();
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** The spans of one trace, once they hold what is waited for. */
  async traceWith(what: string, complete: (trace: readonly ReceivedSpan[]) => boolean): Promise<ReceivedSpan[]> {
    let found: ReceivedSpan[] = [];
    await until(what, () => {
      const ids = new Set(this.spans.map(({ traceId }) => traceId));
      found = [...ids].map((id) => this.spans.filter(({ traceId }) => traceId === id)).find(complete) ?? [];
      return found.length > 0;
    });
    return found;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private take(body: Buffer): void {
    this.text += body.toString('latin1');
    const request = REQUEST.toObject(REQUEST.decode(body), { longs: Number, bytes: Buffer }) as RawRequest;
    for (const { resource, scopeSpans = [] } of request.resourceSpans ?? []) {
      const service = String(valuesOf(resource?.attributes)['service.name']);
      for (const { spans = [] } of scopeSpans) this.spans.push(...spans.map((span) => toSpan(service, span)));
    }
  }
}

function toSpan(service: string, { traceId, spanId, parentSpanId, name = '', status, attributes }: RawSpan): ReceivedSpan {
  return {
    ...{ service, name, traceId: hex(traceId), spanId: hex(spanId), parentId: hex(parentSpanId) },
    ...{ failed: status?.code === ERROR, statusMessage: status?.message ?? '', attributes: valuesOf(attributes) },
  };
}

function hex(bytes: unknown): string {
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : '';
}

function valuesOf(attributes: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value = {} }) => [key, Object.values(value)[0]]));
}
