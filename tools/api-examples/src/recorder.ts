import { VoltbusClient, type AnswerBody, type ApiMethod, type ApiPath, type CallOptions, type Schemas } from '@voltbus/api-client';

/** A request that was sent, and what was answered to it. */
interface Exchange {
  path?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  /** Of the request; null: it has none. */
  body?: { type: string; value: unknown };
  answer: { status: number; type?: string; value?: unknown };
}

/** Sent with each request, because audit entries and problems show it. */
const REQUEST_ID = 'req-7d1f';

/** Makes clients of one system, and keeps an exchange of each operation. */
export class Recorder {
  readonly exchanges = new Map<string, Exchange>();
  /** By status. */
  readonly problems = new Map<number, unknown>();

  private constructor(
    readonly apiUrl: string,
    private readonly operationIds: ReadonlyMap<string, string>,
  ) {}

  static async of(apiUrl: string): Promise<Recorder> {
    const { paths } = (await (await fetch(`${apiUrl}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]): [string, string] => [`${method} ${path}`, operationId]),
    );
    return new Recorder(apiUrl, new Map(ids));
  }

  /** The operations of which there is no exchange. */
  get missing(): string[] {
    return [...this.operationIds.values()].filter((id) => !this.exchanges.has(id)).sort();
  }

  client(key: string, tenant?: string): RecordingClient {
    return new RecordingClient(this, this.apiUrl, key, tenant);
  }

  add(method: string, path: string, exchange: Exchange): void {
    const id = this.operationIds.get(`${method} ${path}`);
    if (id === undefined) throw new Error(`the description has no ${method} ${path}`);
    if (this.exchanges.has(id)) throw new Error(`${id} is recorded already`);
    this.exchanges.set(id, exchange);
  }
}

/** A client of one key: `api` asks, `record` asks and keeps the exchange. */
export class RecordingClient {
  readonly api: VoltbusClient;
  private readonly recording: VoltbusClient;
  private answer: Exchange['answer'] = { status: 0 };
  private bodyType: string | null = null;

  constructor(
    private readonly recorder: Recorder,
    private readonly baseUrl: string,
    private readonly key: string,
    private readonly tenant: string | undefined,
  ) {
    const options = { baseUrl, key, ...(tenant === undefined ? {} : { tenant }), headers: { 'X-Request-Id': REQUEST_ID } };
    this.api = new VoltbusClient(options);
    this.recording = new VoltbusClient({ ...options, retry: { tries: 1 }, fetch: (url, init) => this.fetch(url, init) });
  }

  async record<M extends ApiMethod, P extends ApiPath<M>>(method: M, path: P, ...given: CallOptions<M, P>): Promise<AnswerBody<M, P>> {
    const { data } = await this.recording.request(method, path, ...given);
    const [options] = given as [{ path?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }?];
    const { path: names, query, body } = options ?? {};
    this.recorder.add(method, path, {
      ...(names === undefined ? {} : { path: names }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { type: this.bodyType ?? 'application/json', value: body } }),
      answer: this.answer,
    });
    return data;
  }

  /** Sends what the typed client would not, and keeps the problem that is answered. */
  async recordProblem(status: number, method: string, path: string, init: RequestInit = {}): Promise<void> {
    const headers = {
      ...this.ownHeaders(),
      ...(init.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(init.headers as Record<string, string> | undefined),
    };
    const response = await fetch(`${this.baseUrl}${path}`, { ...init, method, headers });
    const problem = (await response.json()) as Schemas['Problem'];
    if (response.status !== status) throw new Error(`${method} ${path}: expected ${status}, got ${JSON.stringify(problem)}`);
    this.recorder.problems.set(status, problem);
  }

  /** Gets an answer that is no JSON, and keeps the exchange. */
  async recordText(path: string, given: { path?: Readonly<Record<string, string>>; query?: Record<string, string> }): Promise<void> {
    const named = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(given.path?.[name] ?? ''));
    const url = `${this.baseUrl}${named}?${new URLSearchParams(given.query)}`;
    const response = await fetch(url, { headers: this.ownHeaders() });
    const type = mediaType(response.headers.get('content-type'));
    const value = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: expected an answer, got ${value}`);
    const answer = { status: response.status, ...(type === undefined ? {} : { type }), value };
    this.recorder.add('get', path, { ...given, answer });
  }

  /** Whether there is an answer, which is not kept. */
  async isThere(path: string): Promise<boolean> {
    return (await fetch(`${this.baseUrl}${path}`, { headers: this.ownHeaders() })).ok;
  }

  private ownHeaders(): Record<string, string> {
    const ofTenant: Record<string, string> = this.tenant === undefined ? {} : { 'Voltbus-Tenant': this.tenant };
    return { authorization: `Bearer ${this.key}`, 'X-Request-Id': REQUEST_ID, ...ofTenant };
  }

  private async fetch(url: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const response = await fetch(url, init);
    const text = await response.clone().text();
    const type = mediaType(response.headers.get('content-type'));
    this.bodyType = mediaType(new Headers(init?.headers).get('content-type')) ?? null;
    this.answer = { status: response.status, ...(text === '' ? {} : { ...(type === undefined ? {} : { type }), value: JSON.parse(text) }) };
    return response;
  }
}

function mediaType(header: string | null): string | undefined {
  return header?.split(';')[0]?.trim();
}
