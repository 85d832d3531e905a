import fs from 'node:fs';
import tty from 'node:tty';
import { noopTelemetry } from './noop';
import { withLogFields } from './log-context';
import { logDestination, openLog, type LogFormat } from './pino-logger';
import { startTracing } from './tracing/start-tracing';
import { openSpan } from './tracing/tracer';

const MESSAGE = { tenant: 'default', station: 'CS-1', messageId: 'm-1', action: 'Heartbeat', epoch: 7 };

function linesOf(work: (log: ReturnType<typeof openLog>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  work(openLog({ process: 'cdr', pod: 'pod-1', level: 'info', to }));
  return lines;
}

describe('a line of the log', () => {
  it('has the fields of all that it is part of, and none of them afterwards', async () => {
    const lines = linesOf((log) => {
      withLogFields({ requestId: 'r' }, () => withLogFields(MESSAGE, () => log.info({ epoch: 8 }, 'inside')));
      log.info({}, 'outside');
    });
    expect(lines[0]).toMatchObject({ ...MESSAGE, requestId: 'r', epoch: 8, msg: 'inside' });
    expect(Object.keys(lines[1] ?? {})).toEqual(['level', 'time', 'process', 'pod', 'msg']);
    await Promise.resolve();
  });

  it('has the id of its trace while traces are recorded, whether or not the trace is kept', async () => {
    const tracing = startTracing({
      ...{ process: 'cdr', pod: 'pod-1', installation: 'default', endpoint: 'http://127.0.0.1:1', headers: {} },
      ...{ ratio: 0, slowSeconds: 60, ...noopTelemetry },
    });
    const span = openSpan({ name: 'one' });
    const lines = linesOf((log) => {
      span?.run(() => log.info({}, 'inside'));
      log.info({}, 'outside');
    });
    span?.end();
    await tracing.close();
    expect(span?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(lines.map(({ traceId }) => traceId)).toEqual([span?.traceId, undefined]);
  });

  it.each<[LogFormat, boolean, RegExp]>([
    ['auto', true, /^03:04:05\.678 WARN {2}odd/],
    ['auto', false, /^\{"level":40/],
    ['json', true, /^\{"level":40/],
    ['text', false, /^03:04:05\.678 WARN {2}odd/],
  ])('is written as %s demands where the output is a terminal: %s', (format, terminal, form) => {
    const written: string[] = [];
    const isatty = jest.spyOn(tty, 'isatty').mockReturnValue(terminal);
    const writeSync = jest.spyOn(fs, 'writeSync').mockImplementation((_fd: number, text: unknown) => {
      written.push(String(text));
      return Buffer.byteLength(String(text));
    });
    logDestination('cluster', format).write('{"level":40,"time":"2026-01-02T03:04:05.678Z","msg":"odd"}\n');
    writeSync.mockRestore();
    isatty.mockRestore();
    expect(written.join('')).toMatch(form);
  });
});
