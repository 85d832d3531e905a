import { isTracing, openChildSpan, type OpenSpan } from '@voltbus/telemetry';
import { StatementNames } from './statement-name';

/** Called with the name of a statement and the seconds until its answer. */
export type MeasureStatement = (name: string, seconds: number) => void;

interface BegunStatement {
  endWith(answer: Promise<unknown>): void;
}

const NOT_OBSERVED: BegunStatement = { endWith: () => undefined };

/** Measures the statements of a pool, and records each that belongs to a trace as a span. Neither their text nor their values are kept. */
export class Statements {
  private readonly names = new StatementNames();

  constructor(private readonly measure?: MeasureStatement) {}

  begin(query: unknown): BegunStatement {
    if (this.measure === undefined && !isTracing()) return NOT_OBSERVED;
    const name = this.names.nameOf(query);
    const span = openChildSpan({ name, kind: 'client', attributes: { 'db.system.name': 'postgresql', 'db.query.summary': name } });
    const since = performance.now();
    const ended = (): void => this.measure?.(name, (performance.now() - since) / 1_000);
    return {
      endWith: (answer) =>
        void answer.then(
          () => end(span, ended),
          (error: unknown) => end(span, ended, error),
        ),
    };
  }
}

function end(span: OpenSpan | null, ended: () => void, error?: unknown): void {
  ended();
  if (error !== undefined) span?.fail(error);
  span?.end();
}
