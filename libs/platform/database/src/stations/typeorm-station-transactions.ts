import { AsyncLocalStorage } from 'node:async_hooks';
import { stationKey, type StationRef } from '@voltbus/contracts';
import type { Metrics } from '@voltbus/telemetry';
import { LRUCache } from 'lru-cache';
import type { DataSource, EntityManager } from 'typeorm';
import { isOfOneTransaction, isTransientDatabaseError } from '../connection/transient';
import { lockNamed, tryLocks } from '../connection/typeorm-locks';
import { UncommittedCounts, countingInto } from './counted-once-committed';
import { tenantInForce } from '../tenancy/tenant-scope';
import { performTogether } from './typeorm-perform-together';

/** Most stations in one database transaction: beyond, merged statements gain nothing, and a failure costs more. */
const MAX_STATIONS = 64;
/** Database transactions of many stations at once: few, so that what waits is gathered. */
const SHARED = 2;
/** Database transactions of one station at once: of those whose lock another transaction had, and of those that fail in company. */
const ALONE = 4;
/** Stations that go alone because their last work failed. The least recent is forgotten, and may cost its neighbours one more attempt. */
const MAX_SUSPECTS = 10_000;

type Work<T> = (manager: EntityManager) => Promise<T>;

interface StationTransactionsOptions {
  metrics: Pick<Metrics, 'counter'>;
  /** What is done to the stations, as a label of metrics. */
  work: string;
  /** The works take a lock of their tenant: those of two tenants would take two locks, in any order. */
  ofOneTenant?: boolean;
}

interface Waiting {
  key: string;
  tenant: string;
  /** Runs the work in the context of its caller. */
  perform(manager: EntityManager): Promise<unknown>;
  /** Of the attempt in hand. */
  counts: UncommittedCounts;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** It is limited to the rows of a tenant, and those that it would share a statement with are not. */
  limited: boolean;
  /** It has left the shared transaction for one of its own. */
  alone?: boolean;
}

/**
 * Database transactions of stations, each under the lock of its station, so that one transaction at a time changes a station and the order of its outbox
 * ids is the order of commits. Works that wait at the same time share one transaction, whose statements are merged (ADR 83): the cost of a station falls with the load.
 *
 * Sharing is not seen: a work is resolved when its transaction is committed. A station whose lock is taken does not hold up the others, and when
 * one of them fails, the transaction is rolled back and each is done again alone; so a work must have no effect but on the database. What it counts by
 * `countedOnceCommitted` is counted with the commit. A station whose work fails alone goes alone until one succeeds: it fails its neighbours once.
 */
export class StationTransactions {
  private shared: Waiting[] = [];
  private alone: Waiting[] = [];
  private sharedRunning = 0;
  private aloneRunning = 0;
  private scheduled = false;
  /** Stations in a transaction, or waiting for one of their own: what comes after goes after it, and does not find its lock taken. */
  private readonly inHand = new Set<string>();
  /** Stations whose last work failed, through no fault of the database. */
  private readonly suspects = new LRUCache<string, true>({ max: MAX_SUSPECTS });
  private readonly outcomes;
  /** A shared transaction belongs to no message. */
  private readonly detached = AsyncLocalStorage.snapshot();

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: StationTransactionsOptions,
  ) {
    this.outcomes = options.metrics.counter(
      'db_shared_transactions_total',
      'Database transactions that several stations shared; after one that was rolled back each station is done again alone',
      ['work', 'outcome'],
    );
  }

  /** Runs the work under the station's lock. Everything that the work does must go through the manager that it is given. */
  run<T>(ref: StationRef, work: Work<T>): Promise<T> {
    const inContext = AsyncLocalStorage.snapshot();
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        key: stationKey(ref),
        tenant: ref.tenant,
        counts: new UncommittedCounts(),
        perform: (manager) => inContext(() => countingInto(one.counts, () => work(manager))),
        resolve: resolve as (result: unknown) => void,
        reject,
        limited: tenantInForce() !== null,
      };
      this.shared.push(one);
      this.schedule();
    });
  }

  /** With the end of the turn: what one batch of the bus brings goes together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.detached(() => setImmediate(() => this.begin()));
  }

  private begin(): void {
    this.scheduled = false;
    while (this.sharedRunning < SHARED) {
      const some = this.take();
      if (some.length === 0) break;
      this.sharedRunning += 1;
      void this.share(some).finally(() => {
        for (const { key, alone = false } of some) if (!alone) this.inHand.delete(key);
        this.sharedRunning -= 1;
        this.schedule();
      });
    }
    while (this.aloneRunning < ALONE) {
      const one = this.alone.shift();
      if (one === undefined) break;
      this.aloneRunning += 1;
      void this.doAlone(one).finally(() => {
        this.inHand.delete(one.key);
        this.aloneRunning -= 1;
        this.schedule();
      });
    }
  }

  private take(): Waiting[] {
    const taken: Waiting[] = [];
    this.shared = this.shared.filter((one) => {
      if (taken.length >= MAX_STATIONS || this.inHand.has(one.key)) return true;
      if (this.options.ofOneTenant === true && one.tenant !== (taken[0] ?? one).tenant) return true;
      this.inHand.add(one.key);
      if (one.limited || this.suspects.has(one.key)) this.leave([one]);
      else taken.push(one);
      return false;
    });
    return taken;
  }

  private async share(some: readonly Waiting[]): Promise<void> {
    let mine: readonly Waiting[] = some;
    try {
      const results = await this.dataSource.transaction(async (manager) => {
        const locked = await tryLocks(
          manager,
          some.map(({ key }) => key),
        );
        mine = some.filter((_, at) => locked[at]);
        this.leave(some.filter((_, at) => !locked[at]));
        return performTogether(manager, mine);
      });
      for (const [at, one] of mine.entries()) succeeded(one, results[at]);
      if (mine.length > 1) this.outcomes.add(1, { work: this.options.work, outcome: 'committed' });
    } catch (error) {
      if (mine.length > 1) this.outcomes.add(1, { work: this.options.work, outcome: 'rolled-back' });
      const anotherIsToBlame = mine.length > 1 && isOfWork(error);
      if (anotherIsToBlame) this.leave(mine);
      else for (const one of mine) this.failed(one, error);
    }
  }

  private failed(one: Waiting, error: unknown): void {
    if (isOfWork(error)) this.suspects.set(one.key, true);
    one.counts.rollBack();
    one.reject(error);
  }

  private leave(some: readonly Waiting[]): void {
    for (const one of some) {
      one.alone = true;
      one.counts.rollBack();
      one.counts = new UncommittedCounts();
    }
    this.alone.push(...some);
  }

  private async doAlone(one: Waiting): Promise<void> {
    const { key, perform } = one;
    try {
      const result = await this.dataSource.transaction(async (manager) => {
        await lockNamed(manager, key);
        return perform(manager);
      });
      this.suspects.delete(key);
      succeeded(one, result);
    } catch (error) {
      this.failed(one, error);
    }
  }
}

function succeeded({ counts, resolve }: Waiting, result: unknown): void {
  counts.commit();
  resolve(result);
}

/** False when the database is away, which is the fault of no work. */
function isOfWork(error: unknown): boolean {
  return isOfOneTransaction(error) || !isTransientDatabaseError(error);
}
