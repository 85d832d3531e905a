import { stdSerializers } from 'pino';

/**
 * Members of a database's errors that hold values: parameters of a statement, rows as text, and the driver's error with
 * both again.
 */
const NEVER_SHOWN: ReadonlySet<string> = new Set(['parameters', 'detail', 'where', 'internalQuery', 'driverError']);
/** Class 22 of SQLSTATE, data exceptions: their messages quote the value that was wrong. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;
/** Causes below causes that are looked at. */
const MAX_CAUSES = 10;

/** An error as the log has it: what happened and where, the statement of a query, and none of its values. */
export function shownError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const quotesValues = chainOf(error).some(({ code }) => typeof code === 'string' && DATA_EXCEPTION.test(code));
  return shown(stdSerializers.err(error), quotesValues);
}

function shown(serialized: object, quotesValues: boolean): object {
  const members = Object.entries(serialized).filter(([name]) => !NEVER_SHOWN.has(name));
  return Object.fromEntries(members.map(([name, value]: [string, unknown]) => [name, shownMember(name, value, quotesValues)]));
}

function shownMember(name: string, value: unknown, quotesValues: boolean): unknown {
  if (name === 'aggregateErrors' && Array.isArray(value)) return value.map((one: object) => shown(one, quotesValues));
  if (typeof value !== 'string' || !quotesValues || (name !== 'message' && name !== 'stack')) return value;
  return value.replace(/"(?:[^"\\]|\\.)*"/g, '"***"');
}

/** An error, its causes, and the errors that it stands for. */
function chainOf(error: unknown, left = MAX_CAUSES): { code?: unknown }[] {
  if (!(error instanceof Error) || left === 0) return [];
  const { cause, errors } = error as { cause?: unknown; errors?: unknown }; // as ES2022 has them
  const below = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [error as { code?: unknown }, ...below.flatMap((one) => chainOf(one, left - 1))];
}
