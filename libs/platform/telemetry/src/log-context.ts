import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields of every line that is logged while something is being handled, such as the id of a request. */
export class LogContext {
  private static readonly current = new AsyncLocalStorage<LogContext>();

  constructor(private fields: Readonly<Record<string, unknown>>) {}

  /** The fields of whatever is being handled; none outside of it. */
  static fields(): object {
    return LogContext.current.getStore()?.fields ?? {};
  }

  /** Adds fields to whatever is being handled; nothing outside of it. */
  static add(fields: Readonly<Record<string, unknown>>): void {
    const current = LogContext.current.getStore();
    if (current !== undefined) current.fields = { ...current.fields, ...fields };
  }

  run<T>(work: () => T): T {
    return LogContext.current.run(this, work);
  }

  /** It has been handled. What was begun meanwhile and goes on, such as a connection to the database, logs without the fields from now on. */
  end(): void {
    this.fields = {};
  }
}

/** Runs the work with fields on every line that it logs, beside those of whatever it is part of. */
export function withLogFields<T>(fields: Readonly<Record<string, unknown>>, work: () => T): T {
  return new LogContext({ ...LogContext.fields(), ...fields }).run(work);
}
