import { readExport, type ExportPath, type ExportQuery, type LineOf } from './read-export';
import { followEvents, type ApiEvent, type EventOptions } from './event-stream/follow';
import { STREAM_LIMITS } from './event-stream/stream-limits';
import { readIssuedCdrs, type IssuedCdrs, type IssuedCdrsOptions } from './issued-cdrs';
import type { Answer, AnswerBody, ApiMethod, ApiPath, CallOptions, PagePath, RequestOptions } from './operations';
import { readPages, type AnyPage } from './pages';
import { RequestSender, type AnyOptions, type ClientOptions } from './request-sender';

/**
 * Client of the HTTP API. Paths, bodies and answers are typed by the description. A request that is refused rejects with ApiProblem, one without a whole answer
 * with NoAnswer, an answer that is none of the API with UnexpectedAnswer. What can be repeated safely is, within limits.
 */
export class VoltbusClient {
  private readonly sender: RequestSender;

  constructor(options: ClientOptions) {
    this.sender = new RequestSender(options);
  }

  get<P extends ApiPath<'get'>>(path: P, ...options: CallOptions<'get', P>): Promise<AnswerBody<'get', P>> {
    return this.data('get', path, options);
  }

  /** Repeated after a lost answer, unless it has a precondition (`If-Match`, `If-None-Match`). */
  put<P extends ApiPath<'put'>>(path: P, ...options: CallOptions<'put', P>): Promise<AnswerBody<'put', P>> {
    return this.data('put', path, options);
  }

  /** Sent with an `Idempotency-Key`, one for all its tries, so that a repeat does nothing twice. */
  post<P extends ApiPath<'post'>>(path: P, ...options: CallOptions<'post', P>): Promise<AnswerBody<'post', P>> {
    return this.data('post', path, options);
  }

  /** Never repeated after a lost answer. */
  patch<P extends ApiPath<'patch'>>(path: P, ...options: CallOptions<'patch', P>): Promise<AnswerBody<'patch', P>> {
    return this.data('patch', path, options);
  }

  /** Repeated after a lost answer; that the repeat finds nothing is a success then. */
  delete<P extends ApiPath<'delete'>>(path: P, ...options: CallOptions<'delete', P>): Promise<AnswerBody<'delete', P>> {
    return this.data('delete', path, options);
  }

  /** As the method of that name, with the status and the headers of the answer. */
  async request<M extends ApiMethod, P extends ApiPath<M>>(
    method: M,
    path: P,
    ...[options]: CallOptions<M, P>
  ): Promise<Answer<AnswerBody<M, P>>> {
    return (await this.sender.send(method, path, options as AnyOptions)) as Answer<AnswerBody<M, P>>; // as the API describes it
  }

  /** The pages of a list, one after the other; `query.cursor` begins there. */
  pages<P extends PagePath>(path: P, ...[options]: CallOptions<'get', P>): AsyncGenerator<AnswerBody<'get', P>, void, undefined> {
    const given = options as AnyOptions;
    const read = async (cursor: string | undefined) => {
      const { data } = await this.sender.send('get', path, cursor === undefined ? given : { ...given, query: { ...given?.query, cursor } });
      return data as AnswerBody<'get', P> & AnyPage; // as the API describes it
    };
    return readPages(`GET ${path}`, read, given?.query?.['cursor'] as string | undefined);
  }

  /** The items of a list, page after page: `for await (const cdr of client.items('/v1/cdrs'))`. */
  async *items<P extends PagePath>(path: P, ...options: CallOptions<'get', P>): AsyncGenerator<ItemOf<P>, void, undefined> {
    for await (const { items } of this.pages(path, ...options) as AsyncGenerator<AnyPage>) yield* items as readonly ItemOf<P>[];
  }

  /** CDRs in the order of their issue, to be resumed at any time: what a system that bills needs. */
  issuedCdrs(options: IssuedCdrsOptions): AsyncGenerator<IssuedCdrs, void, undefined> {
    const { signal } = options;
    return readIssuedCdrs((query) => this.get('/v1/cdrs', { query, ...(signal === undefined ? {} : { signal }) }), options);
  }

  /** A whole export, newest first, in one request, which is not repeated: one that is cut throws NoAnswer. */
  export<P extends ExportPath>(path: P, query?: ExportQuery<P>, options: RequestOptions = {}): AsyncGenerator<LineOf<P>, void, undefined> {
    const headers = { accept: 'application/x-ndjson', ...options.headers };
    return readExport(path, (signal) => this.sender.open(path, { query: query ?? {}, signal, headers }), options);
  }

  /** What happens in the tenant, as it happens. Reconnects by itself; see EventOptions. Not for bills: use `issuedCdrs`. */
  events(options: EventOptions = {}): AsyncGenerator<ApiEvent, void, undefined> {
    const query = options.types === undefined ? {} : { types: options.types };
    const open = (lastEventId: string | null, signal: AbortSignal) =>
      this.sender.open('/v1/events', {
        query,
        signal,
        headers: { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
      });
    return followEvents(open, { ...STREAM_LIMITS, ...options.limits }, options);
  }

  private async data<M extends ApiMethod, P extends ApiPath<M>>(
    method: M,
    path: P,
    [options]: CallOptions<M, P>,
  ): Promise<AnswerBody<M, P>> {
    return (await this.sender.send(method, path, options as AnyOptions)).data as AnswerBody<M, P>; // as the API describes it
  }
}

type ItemOf<P extends PagePath> = AnswerBody<'get', P> extends { items: (infer Item)[] } ? Item : never;
