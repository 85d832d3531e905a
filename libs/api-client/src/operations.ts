import type { components, paths } from './generated/api';

/** The named schemas of the API: `Schemas['Station']`, `Schemas['TokenPut']`. */
export type Schemas = components['schemas'];

export type ApiMethod = 'get' | 'put' | 'post' | 'patch' | 'delete';

type Operation<M extends ApiMethod, P extends keyof paths> = NonNullable<paths[P][M]>;
type Success = 200 | 201 | 202 | 204;
type Content<R> = R extends { content: { 'application/json': infer Body } } ? Body : R extends { content?: never } ? undefined : never;
type BodyOfAnswer<O> = O extends { responses: infer R } ? { [S in keyof R & Success]: Content<R[S]> }[keyof R & Success] : never;

/** The paths that take a method and answer it with JSON, or with nothing. */
export type ApiPath<M extends ApiMethod> = {
  [P in keyof paths]: [BodyOfAnswer<Operation<M, P>>] extends [never] ? never : P;
}[keyof paths];

/** The body of the answer of an operation; undefined of one that answers 204. */
export type AnswerBody<M extends ApiMethod, P extends ApiPath<M>> = BodyOfAnswer<Operation<M, P>>;

/** An answer with its status and headers, such as `ETag`. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  data: Body;
}

type PathValues<O> = O extends { parameters: { path: infer V } } ? { path: V } : unknown;
type Query<O> = O extends { parameters: { query?: infer Q } } ? ([NonNullable<Q>] extends [never] ? unknown : { query?: Q }) : unknown;
type Body<O> = O extends { requestBody: { content: infer C } }
  ? { body: C[keyof C] }
  : O extends { requestBody?: infer R }
    ? NonNullable<R> extends { content: infer C }
      ? { body?: C[keyof C] }
      : unknown
    : unknown;

/** What every request may be given. */
export interface RequestOptions {
  /** Ends the request, its pauses and its repeats; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Of one try, from sending it to the end of its answer. */
  timeoutMs?: number;
  headers?: Readonly<Record<string, string>>;
}

/** Of a POST: its key, where it is not to be made for it. The same key and request are carried out once, in 24 hours at least. */
type Idempotency<M extends ApiMethod> = M extends 'post' ? { idempotencyKey?: string } : unknown;

type Given<M extends ApiMethod, O> = PathValues<O> & Query<O> & Body<O> & Idempotency<M> & RequestOptions;

/** The options of an operation: its path values, query and body by their names in the description. They may be left out where nothing is required. */
export type CallOptions<M extends ApiMethod, P extends ApiPath<M>> =
  object extends Given<M, Operation<M, P>> ? [options?: Given<M, Operation<M, P>>] : [options: Given<M, Operation<M, P>>];

/** The lists: paths whose answer is a page. */
export type PagePath = {
  [P in ApiPath<'get'>]: AnswerBody<'get', P> extends { items: unknown[]; nextCursor: string | null } ? P : never;
}[ApiPath<'get'>];
