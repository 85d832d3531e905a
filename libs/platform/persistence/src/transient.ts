import { TransientError } from '@voltbus/bus';

/** SQLSTATEs of a server that is away, starting, stopping, full, read-only, or that chose us as a victim; two letters are a whole class. */
const TRANSIENT_STATES = ['08', '53', '57P0', '40001', '40P01', '55P03', '25006', '57014'];
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
/** What pg and its pool say without a code. */
const TRANSIENT_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Connection ended|DataSource is not|server closed the connection/i;

/** True when trying again later can help: the database was away or busy, and the statement is not to blame. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown }; // pg's and TypeORM's errors carry them
  if (driverError instanceof Error && driverError !== error) return isTransientDatabaseError(driverError);
  if (typeof code === 'string' && (TRANSIENT_CODES.has(code) || TRANSIENT_STATES.some((state) => code.startsWith(state)))) return true;
  return TRANSIENT_WORDS.test(error.message);
}

/** Runs the work; a database that is away becomes the bus's `TransientError`, so that the record waits instead of being dead-lettered. */
export async function transiently<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isTransientDatabaseError(error)) throw new TransientError('the database is away', { cause: error });
    throw error;
  }
}
