import { LRUCache } from 'lru-cache';

/** Texts whose names are remembered. */
const MAX_TEXTS = 1_000;
/** Names of one process; a statement beyond them is called `other`, so that a metric never has more values. */
export const MAX_NAMES = 300;
/** Where the first table or function of a statement stands, with its schema. */
const OBJECT =
  /\b(?:FROM|INTO|UPDATE|JOIN|TABLE|ONLY)\s+(?:ROWS\s+FROM\s+)?(?:ONLY\s+|IF\s+(?:NOT\s+)?EXISTS\s+)*"?([a-z_]\w*)"?(?:\."?([a-z_]\w*)"?)?/i;
const VERB = /^\s*(?:--[^\n]*\n\s*)*([a-z]+)/i;

/** Names statements for spans and metrics: what they do, and the first table that they do it to. Values are parameters, which have no part in it. */
export class StatementNames {
  private readonly known = new LRUCache<string, string>({ max: MAX_TEXTS });
  private readonly names = new Set<string>();

  /** `INSERT transaction.outbox` and the like, or the name of a prepared statement. */
  nameOf(query: unknown): string {
    const { name, text } = typeof query === 'string' ? { text: query } : ((query ?? {}) as { name?: string; text?: string });
    if (text === undefined) return 'other';
    const cached = this.known.get(text);
    if (cached !== undefined) return cached;
    const found = this.bounded(name ?? nameOfText(text));
    this.known.set(text, found);
    return found;
  }

  private bounded(name: string): string {
    if (!this.names.has(name) && this.names.size >= MAX_NAMES) return 'other';
    this.names.add(name);
    return name;
  }
}

/** Names of partitions end in their day; all of them are one table. */
function nameOfText(text: string): string {
  const verb = VERB.exec(text)?.[1]?.toUpperCase() ?? 'other';
  const [, schema, table] = OBJECT.exec(text) ?? [];
  const object = [schema, table].filter((one) => one !== undefined).map((one) => one.replace(/_?\d[\d_]*$/, ''));
  return object.length === 0 ? verb : `${verb} ${object.join('.')}`;
}
