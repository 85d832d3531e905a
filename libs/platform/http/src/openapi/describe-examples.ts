import type { OpenAPIObject } from '@nestjs/swagger';
import recorded from './generated/examples.json';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Content = Record<string, object>;

/** A request that was sent, and what was answered to it; written by `npm run docs:examples`. */
interface Exchange {
  path?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  body?: { type: string; value: unknown };
  answer: { status: number; type?: string; value?: unknown };
}

const OPERATIONS: Readonly<Record<string, Exchange | undefined>> = recorded.operations;
const PROBLEMS: Readonly<Record<string, unknown>> = recorded.problems;

/** The operation with the request and the answer that were recorded of it, as examples. */
export function withExamples(operation: Operation, operationId: string): Operation {
  const exchange = OPERATIONS[operationId];
  if (exchange === undefined) return operation;
  const { parameters = [], requestBody, responses } = operation;
  return {
    ...operation,
    parameters: parameters.map((one) => {
      if ('$ref' in one) return one;
      const value = (one.in === 'path' ? exchange.path : one.in === 'query' ? exchange.query : undefined)?.[one.name];
      return value === undefined ? one : { ...one, example: value };
    }),
    ...(requestBody === undefined ? {} : { requestBody: withContent(requestBody, exchange.body) as NonNullable<typeof requestBody> }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, one]) => [
        status,
        status === String(exchange.answer.status) ? withContent(one, exchange.answer) : one,
      ]),
    ) as Operation['responses'],
  };
}

/** The problem of this status that was recorded; `{}`: none can be caused from outside. */
export function problemExample(status: string): { example?: unknown } {
  return status in PROBLEMS ? { example: PROBLEMS[status] } : {};
}

/** A body or an answer with the example of its media type. */
function withContent<T extends object | undefined>(described: T, example: { type?: string; value?: unknown } | undefined): T {
  if (described === undefined || example?.type === undefined || !('content' in described)) return described;
  const content = described.content as Content; // as OpenAPI has it
  const one = content[example.type];
  return one === undefined ? described : { ...described, content: { ...content, [example.type]: { ...one, example: example.value } } };
}
