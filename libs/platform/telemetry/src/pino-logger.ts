import { mayContainSecret, redact, redactText } from '@voltbus/ocpp';
import pino, { type DestinationStream } from 'pino';
import { LogContext } from './log-context';
import type { Logger } from './logger';
import { plainLine } from './plain-log';
import { shownError } from './shown-error';
import type { TroubleLog } from './trouble-log';

/** Never in a log, wherever they turn up. */
const SECRET_PATHS = ['password', 'authorization', 'idToken', 'idTag', 'keyHashes', 'AuthorizationKey', 'BasicAuthPassword'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
const WARN = pino.levels.values['warn'];
const STDOUT = 1;
const STDERR = 2;

/** Where a process logs: JSON on stdout in the cluster; on stderr in standalone, where stdout is for the person who typed the command, and plain on a terminal. */
export function logDestination(mode: 'cluster' | 'standalone'): DestinationStream {
  if (mode === 'cluster') return pino.destination({ fd: STDOUT, sync: true });
  if (process.stderr.isTTY) return { write: (line) => void process.stderr.write(plainLine(line)) };
  return pino.destination({ fd: STDERR, sync: true });
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
      mixin: () => ({ ...LogContext.fields() }), // a copy: pino adds the fields of the line to it
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
