import type { ImportAuthor, ImportKind, ItemProblem } from '@voltbus/http';

export const IMPORT_STATES = ['queued', 'running', 'done', 'cancelled', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const ITEM_OUTCOMES = ['created', 'replaced', 'unchanged', 'invalid', 'conflict', 'skipped'] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/** What an import is to do. */
export interface ImportRequest {
  kind: ImportKind;
  dryRun: boolean;
  onlyNew: boolean;
}

/** A bulk import. `total` is the sum of the five numbers below it, and of the items that are still to come. */
export interface ImportJob extends ImportRequest {
  id: string;
  /** Grows from one import to the next; a bigint as text. */
  number: string;
  tenant: string;
  state: ImportState;
  total: number;
  created: number;
  replaced: number;
  unchanged: number;
  /** Invalid ones and conflicts. */
  failed: number;
  /** Not tried, because the import ended before. */
  skipped: number;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** The result of one item; `outcome` null: it is still to come. */
export interface ItemResult {
  /** Counts from 1. */
  item: number;
  line: number;
  key: string | null;
  outcome: ItemOutcome | null;
  problem: ItemProblem | null;
}

/** An import that this process works on, until its lease lapses. */
export interface ClaimedImport extends ImportRequest {
  id: string;
  tenant: string;
  author: ImportAuthor;
  /** Attempts that have ended in a defect since the last item that was written. */
  defects: number;
}
