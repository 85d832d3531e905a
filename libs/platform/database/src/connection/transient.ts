import { types } from 'node:util';
import { PoisonError, TransientError } from '@voltbus/bus';

/** SQLSTATEs of a server that is away, starting, stopping, full, read-only, or that chose us as a victim or ended what was idle; two letters are a whole class. */
const TRANSIENT_STATES = ['08', '25P03', '53', '57P0', '40001', '40P01', '55P03', '25006', '57014'];
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
]);
/**
 * SQLSTATEs of data that no statement of ours will ever store: out of range, malformed or untranslatable (22), a check, a missing or an unknown value
 * (23), more than the server can work on (54). Not a unique or exclusion violation: two processes met, and the next attempt sees what the other did.
 */
const DATA_STATES = ['22', '23001', '23502', '23503', '23514', '54'];
/** The same before it reaches the server: JavaScript cannot make the text. */
const DATA_WORDS = /^Invalid string length$|Cannot create a string longer than/;
/** What pg, its pool and TypeORM (of a connection that broke between two statements) say without a code, from its first word: further on a message may quote what a station wrote. */
const TRANSIENT_WORDS =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable|DataSource is not|Query runner already released|server closed the connection)/i;

/** True when trying again later can help: the database was away or busy, and the statement is not to blame. */
export function isTransientDatabaseError(error: unknown): boolean {
  const at = driverErrorOf(error);
  if (at === null) return false;
  const { code, message } = at;
  if (isStalePlan(error)) return true;
  if (code === null) return TRANSIENT_WORDS.test(message);
  return TRANSIENT_CODES.has(code) || TRANSIENT_STATES.some((state) => code.startsWith(state));
}

/** True where a newer program's migration has changed what a prepared statement returns: only a connection that prepares it anew can run it. */
export function isStalePlan(error: unknown): error is Error {
  const at = driverErrorOf(error);
  return at?.code === '0A000' && at.message === 'cached plan must not change result type';
}

/** SQLSTATEs with which the server ends one transaction: a deadlock, a conflict, a statement or a wait that took too long. Others go on. */
const TRANSACTION_STATES: ReadonlySet<string | null> = new Set(['40P01', '40001', '57014', '55P03', '25P03']);

/** True when the server ended this transaction because of what it did, though it may succeed another time. */
export function isOfOneTransaction(error: unknown): boolean {
  return TRANSACTION_STATES.has(driverErrorOf(error)?.code ?? null);
}

/**
 * True when the data is at fault: the same data will always fail, whichever process tries, and other data is not
 * concerned.
 */
export function isDataError(error: unknown): boolean {
  const at = driverErrorOf(error);
  if (at === null) return false;
  const { code, message } = at;
  return code === null ? DATA_WORDS.test(message) : code.length === 5 && DATA_STATES.some((state) => code.startsWith(state));
}

/** Also of another realm: Node's own, in Jest. */
function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

/** pg's and TypeORM's errors carry a code, TypeORM's around pg's. */
function driverErrorOf(error: unknown): { code: string | null; message: string } | null {
  if (!isError(error)) return null;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (isError(driverError) && driverError !== error) return driverErrorOf(driverError);
  return { code: typeof code === 'string' ? code : null, message: error.message };
}

/**
 * Runs the work of a handler. A database that is away becomes the bus's `TransientError`, so that the record waits;
 * data that can never be stored becomes `PoisonError`: it goes to the dead letters at once, alone, and shows no fault
 * of ours.
 */
export async function transiently<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTransientDatabaseError(error)) throw new TransientError('the database is away', { cause: error });
    if (isDataError(error)) throw new PoisonError(`the database cannot store it: ${messageOf(error)}`, { cause: error });
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
