import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';

/** The pool of `pg`, whose types TypeORM leaves out. */
export function poolOf({ driver }: DataSource): Pool | null {
  return driver instanceof PostgresDriver ? (driver.master as Pool) : null;
}
