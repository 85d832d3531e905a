import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { TransactionTelemetry } from '../telemetry';
import type { PoolOutcome } from './domain/pool-outcome';
import { isSameContract } from './domain/contract-certificate';
import type { ContractPool, ContractRequest, ContractResponse } from './contract-pool';

/** Requests under way at once in a process; beyond, nobody is asked. */
export const MAX_UNDER_WAY = 32;
/** Cars that have got one of several contracts, and how long they may ask for the next one. */
const MAX_SERIES = 200;
const SERIES_MS = 60_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

interface EvCertificate {
  exiResponse: string;
  /** Contracts that the car can get by asking again (ISO 15118-20). */
  remaining: number;
}

interface Wish extends ContractRequest {
  /** Longest answer that the version has, in characters. */
  longest: number;
  /** Contracts that the car can take (M01.FR.04). */
  most: number;
}

/** Contract certificates for cars (M01, M02), by the pool that the operator has named. */
export class EvCertificates {
  /** What is left for a car that asks with the same message again, by station and message. */
  private readonly series = new LRUCache<string, readonly ContractResponse[]>({ max: MAX_SERIES, ttl: SERIES_MS });
  private underWay = 0;

  constructor(
    private readonly pool: ContractPool | null,
    private readonly telemetry: Pick<TransactionTelemetry, 'contractPoolAsked' | 'contractPoolFailed'>,
  ) {}

  /** Null: there is none for the car, or nobody could be asked. Never rejects. */
  async of(wish: Wish): Promise<EvCertificate | null> {
    if (this.pool === null) return null;
    const key = keyOf(wish);
    const left = this.series.get(key);
    if (left !== undefined) return this.next(key, left);
    if (this.underWay >= MAX_UNDER_WAY) return this.counted(null, 'not-asked');
    this.underWay += 1;
    try {
      const contracts = await this.pool.contractsFor(wish);
      const fitting = inOrder(contracts, wish.prioritizedEmaids).filter(({ exiResponse }) => isAnswer(exiResponse, wish.longest));
      if (contracts.length > 0 && fitting.length === 0) return this.counted(null, 'unusable');
      return this.next(key, fitting.slice(0, wish.most));
    } catch (error) {
      this.telemetry.contractPoolFailed(error);
      return this.counted(null, 'failed');
    } finally {
      this.underWay -= 1;
    }
  }

  private next(key: string, [first, ...left]: readonly ContractResponse[]): EvCertificate | null {
    if (left.length > 0) this.series.set(key, left);
    else this.series.delete(key);
    if (first === undefined) return this.counted(null, 'no-contract');
    return this.counted({ exiResponse: first.exiResponse, remaining: left.length }, 'given');
  }

  private counted(certificate: EvCertificate | null, outcome: PoolOutcome): EvCertificate | null {
    this.telemetry.contractPoolAsked(outcome);
    return certificate;
  }
}

/** Those that the car would have first, in its order; then the others, in the order of the pool. */
function inOrder(contracts: readonly ContractResponse[], prioritized: readonly string[]): ContractResponse[] {
  const rank = ({ emaid }: ContractResponse): number => {
    const at = emaid === null ? -1 : prioritized.findIndex((wanted) => isSameContract(wanted, emaid));
    return at < 0 ? prioritized.length : at;
  };
  return [...contracts].sort((one, other) => rank(one) - rank(other));
}

function isAnswer(exiResponse: string, longest: number): boolean {
  return exiResponse.length <= longest && BASE64.test(exiResponse);
}

function keyOf({ tenant, station, action, exiRequest }: ContractRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, station, action, exiRequest]))
    .digest('hex');
}
