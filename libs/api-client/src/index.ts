export { VoltbusClient } from './voltbus-client';
export type { ClientOptions } from './request-sender';
export { ApiProblem, NoAnswer, UnexpectedAnswer, type ProblemCode, type ProblemError } from './errors';
export type { Answer, AnswerBody, ApiMethod, ApiPath, CallOptions, PagePath, RequestOptions, Schemas } from './operations';
export { RETRY_LIMITS, type RetryLimits } from './retries';
export type { ExportPath, ExportQuery } from './read-export';
export type { IssuedCdrs, IssuedCdrsOptions } from './issued-cdrs';
export type { ApiEvent, EventOptions, EventType } from './event-stream/follow';
export { STREAM_LIMITS, type StreamLimits } from './event-stream/stream-limits';
