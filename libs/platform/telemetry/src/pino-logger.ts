import { isatty } from 'node:tty';
import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import pino, { type DestinationStream } from 'pino';
import { LogContext } from './log-context';
import type { Logger } from './logger';
import { plainLine } from './plain-log';
import { shownError } from './shown-error';
import { activeTraceId } from './tracing/tracer';
import type { TroubleLog } from './trouble-log';

/** Never in a log, wherever they turn up. */
const SECRET_PATHS = ['password', 'authorization', 'idToken', 'idTag', 'keyHashes', 'AuthorizationKey', 'BasicAuthPassword'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
const WARN = pino.levels.values['warn'];
const STDOUT = 1;
const STDERR = 2;

/** `auto`: lines for a person on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'json' | 'text';

/** Where a process logs: on stdout in the cluster; on stderr in standalone, where stdout is for the person who typed the command. */
export function logDestination(mode: 'cluster' | 'standalone', format: LogFormat): DestinationStream {
  const fd = mode === 'cluster' ? STDOUT : STDERR;
  const to = pino.destination({ fd, sync: true });
  const asText = format === 'auto' ? isatty(fd) : format === 'text';
  return asText ? { write: (line) => void to.write(plainLine(line)) } : to;
}

export interface LogOptions {
  /** Name of the process. */
  process: string;
  pod: string;
  level: pino.Level;
  to: DestinationStream;
  /** Holds back warnings that repeat while a dependency is away. Absent: all are written. */
  troubles?: TroubleLog;
}

/** A logger of one JSON object per line. It writes synchronously: the last line before a crash is the one that is needed. */
export function openLog({ process: name, pod, level, to, troubles }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { process: name, pod },
      serializers: { err: shownError, error: shownError },
      redact: { paths: SECRET_PATHS, censor: '***' },
      mixin: () => {
        const traceId = activeTraceId();
        return { ...LogContext.fields(), ...(traceId === undefined ? {} : { traceId }) }; // a copy: pino adds the fields of the line to it
      },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: {
        logMethod(args, write, severity) {
          const later = (as: 'info' | 'warn', fields: object, message: string): void => this[as](fields, message);
          if (severity === WARN && troubles?.holds(args[0], later)) return;
          write.apply(this, args);
        },
      },
    },
    { write: (line) => to.write(withoutSecrets(line)) },
  );
}

/** Removes secrets that an error of a station, a database or another service may quote. */
function withoutSecrets(line: string): string {
  if (!mayContainSecret(line)) return line;
  try {
    return `${JSON.stringify(redact(JSON.parse(line)).payload)}\n`;
  } catch {
    return `${redactText(line.trimEnd())}\n`;
  }
}
