import { beginningOf, hashOf, type ChainHead } from './audit-chain';
import type { ChainPlace, PlacedEntry } from './audit-entry';

/** The first entry of a chain that is not as it was written, or is missing. */
export interface ChainFault {
  position: number;
  /** Null: it is missing. */
  id: string | null;
  /** `changed`: the entry is not what was hashed. `missing`: it was removed. `not-linked`: the entry before is not the one that it followed. */
  kind: 'changed' | 'missing' | 'not-linked';
}

/** All of an entry that its neighbours in the chain depend on. */
export interface ChainLink extends ChainPlace {
  id: string;
  /** It is what was hashed. */
  isIntact: boolean;
}

export function linkOf(entry: PlacedEntry): ChainLink {
  const { id, position, previousHash, hash } = entry;
  return { id, position, previousHash, hash, isIntact: hashOf(entry, { position, previousHash }) === hash };
}

/**
 * Follows the chain of one tenant, link by link in the order of positions, and stops at the first fault. The chain may begin later than at 1, because
 * retention removes the oldest entries.
 */
export class ChainCheck {
  private last: ChainHead | null = null;
  private found: ChainFault | null = null;
  private began: number | null = null;

  constructor(private readonly tenant: string) {}

  /** Null: no fault so far. */
  get fault(): ChainFault | null {
    return this.found;
  }

  /** Position of the first entry; null: there was none. */
  get from(): number | null {
    return this.began;
  }

  /** Where the chain stands; null: there was no entry. */
  get head(): ChainHead | null {
    return this.last;
  }

  /** Returns false once there is a fault. */
  next(link: ChainLink): boolean {
    this.found ??= this.faultOf(link);
    if (this.found !== null) return false;
    this.began ??= link.position;
    this.last = { position: link.position, hash: link.hash };
    return true;
  }

  /** The end, as it is known from elsewhere: `next` was given everything up to it. `isKept`: its entry is too young for retention to have removed it. */
  end({ position, hash }: ChainHead, { isKept }: { isKept: boolean }): void {
    if (this.found !== null) return;
    if (this.last === null) this.found = isKept ? { position, id: null, kind: 'missing' } : null;
    else if (this.last.position < position) this.found = { position: this.last.position + 1, id: null, kind: 'missing' };
    else if (this.last.hash !== hash) this.found = { position, id: null, kind: 'changed' };
  }

  private faultOf({ position, id, previousHash, isIntact }: ChainLink): ChainFault | null {
    const before = this.last ?? (position === 1 ? beginningOf(this.tenant) : null);
    if (before !== null && position !== before.position + 1) return { position: before.position + 1, id: null, kind: 'missing' };
    if (before !== null && previousHash !== before.hash) return { position, id, kind: 'not-linked' };
    return isIntact ? null : { position, id, kind: 'changed' };
  }
}
