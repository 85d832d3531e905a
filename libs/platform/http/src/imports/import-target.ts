import type { z } from 'zod';
import type { ChangeAuthor } from '../audit/audit-log';

/** Kinds of resources that are imported in bulk, as `?kind=` names them. */
export const IMPORT_KINDS = ['tokens', 'stations', 'tariffs'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Injection token of the `ImportWorker`, which device-config's HTTP module provides. Without it nothing is imported. */
export const IMPORT_WORKER = Symbol.for('voltbus.import-worker');

/** Imports resources of every kind that the process has controllers for. */
export interface ImportWorker {
  /** Called once, when the controllers exist. */
  serve(targets: readonly ImportTarget[]): void;
}

/** Who asked for the import; each item is recorded in the audit log as their change. */
export type ImportAuthor = ChangeAuthor;

export interface ImportItem {
  tenant: string;
  /** The body of the PUT, with the member that names the resource. */
  body: unknown;
  author: ImportAuthor;
  /** Refuses to replace what differs. */
  onlyNew: boolean;
  /** Checks everything and writes nothing. */
  dryRun: boolean;
}

export type WrittenOutcome = 'created' | 'replaced' | 'unchanged';

/** What is wrong with an item, as the PUT's problem says it. */
export interface ItemProblem {
  code: string;
  detail: string;
  /** Places in the item, by JSON pointer. */
  errors?: readonly { path: string; message: string; allowed?: unknown[] }[];
}

export type ImportResult = { outcome: WrittenOutcome } | { outcome: 'invalid' | 'conflict'; problem: ItemProblem };

/** One kind of resource, whose items are imported by the PUT of that resource. */
export interface ImportTarget {
  kind: ImportKind;
  /** The member that names a resource, such as `idToken`. */
  keyMember: string;
  /** Checks the body of the PUT. */
  schema: z.ZodObject;
  /** Equal for keys of one resource; null: the body has none that could be one. */
  identityOf(body: unknown): string | null;
  /** Carries out the PUT. Rejects where a part of the system is away, or on a defect. */
  put(item: ImportItem): Promise<ImportResult>;
}
