import { BusFull, BusUnavailable, PoisonError, RecordRefused, TransientError } from '../port';

/** Trying again later can help: a dependency is away. */
export function isTransient(error: Error): boolean {
  return error instanceof TransientError || error instanceof BusUnavailable || error instanceof BusFull;
}

/** Trying again never helps. What the bus can never take is the record's own fault too. */
export function isPoison(error: Error): boolean {
  return error instanceof PoisonError || error instanceof RecordRefused;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
