import type { StationRef } from '@voltbus/contracts';
import type { ExternalAuthorizerBreaker } from '../authorization';
import type { TypeormReadings } from '../metering';
import { boundedKey } from './domain/business-key';
import { chosenTransactionId, identify } from './domain/transaction-identity';
import { ImplicitEnds } from './implicit-ends';
import { endStale, continueWith, type TransactionIdentity } from './domain/transaction';
import type { TransactionTelemetry } from '../telemetry';
import type { TransactionAuthorization } from './transaction-authorization';
import type { TransactionRecorder } from './transaction-recorder';
import type { TransactionAnswer, TransactionMessage } from './transaction-message';
import { restatedStart, startKeys, startedBefore } from './repeated-starts';
import { usedAgain, whichOf } from './reused-ids';
import type { TypeormActivity } from './store/typeorm-activity';
import { lastActivity } from './store/typeorm-last-activity';
import type { TransactionUnit } from './store/typeorm-transaction-unit';
import type { TypeormTransactions } from './store/typeorm-transactions';
import { UnnamedStops } from './unnamed-stops';

/**
 * Returns the cost of a transaction as of an instant where its station is shown costs; null: it is not shown, or not
 * known. Never rejects.
 */
interface CostSource {
  of(ref: StationRef, transaction: string, at: number, whose: 'shown' | 'shown-or-limited'): Promise<number | null>;
}

interface TransactionsParts {
  store: TypeormTransactions;
  activity: Pick<TypeormActivity, 'suspectOlder'>;
  readings: Pick<TypeormReadings, 'write'>;
  recorder: TransactionRecorder;
  authorization: TransactionAuthorization;
  externalAuthorizer: ExternalAuthorizerBreaker;
  telemetry: TransactionTelemetry;
}

/** Attempts to find a free 1.6 transaction id: a second is needed once in two thousand million. */
const MAX_ATTEMPTS = 5;

/** Finds, begins and ends the transaction that a message is about, one message at a time per station. */
export class Transactions {
  private readonly implicitEnds;
  private readonly unnamedStops;
  private costs: CostSource | null = null;

  constructor(private readonly parts: TransactionsParts) {
    this.implicitEnds = new ImplicitEnds(parts.recorder, parts.telemetry);
    this.unnamedStops = new UnnamedStops(parts);
  }

  /** Sets the source of the costs in answers (I02, I03); the running-cost block calls it when it is built. */
  showCosts(costs: CostSource): void {
    this.costs = costs;
  }

  /**
   * A report about a transaction whose id the station chose (2.x). Reports come in any order and any number of times.
   */
  async report(received: TransactionMessage, ocppTransactionId: string): Promise<TransactionAnswer> {
    const message = await this.withExternalOutcome(received);
    const [answered, { id }] = await this.inStation(message.ref, async (unit) => {
      const identity = await whichOf(unit, message, ocppTransactionId);
      const isNew = (await unit.load(identity.id)) === null;
      const taken = await this.parts.recorder.record(unit, identity.usedAgain ? usedAgain(message) : message, identity);
      await this.implicitEnds.endOlder(unit, message.report, taken, identity);
      if (message.report.evse !== null) await this.suspectOlder(unit, identity);
      if (isNew) await this.implicitEnds.endBeyondRoom(unit, message.report);
      return [taken, identity];
    });
    if (this.costs === null || message.report.kind === 'started' || answered.totalCost === null) return answered;
    const whose = message.protocol === 'ocpp2.1' ? 'shown-or-limited' : 'shown';
    return { ...answered, totalCost: await this.costs.of(message.ref, id, message.report.time.at, whose) };
  }

  /**
   * A report of 2.x without a transaction id belongs to the only open transaction it can mean. Without one, a start or
   * a report with a token begins a transaction, an end becomes an orphan, and of any other report the readings are
   * stored by EVSE and time (ADR 32).
   */
  async reportUnnamed(received: TransactionMessage): Promise<TransactionAnswer> {
    const message = await this.withExternalOutcome(received);
    const { report, key, token } = message;
    return this.inStation(message.ref, async (unit) => {
      const own = identify(message.ref, '', `|${key}`);
      const kept = (await unit.load(own.id)) !== null;
      const open = report.evse === null ? await unit.openHere() : await unit.openAt(report.evse);
      const [meant, another] = report.kind === 'started' || kept ? [] : open;
      if (meant !== undefined && another === undefined) return this.parts.recorder.record(unit, message, meant.state);
      if (report.kind === 'ended') return this.unnamedStops.recordOrphan(unit, message, '');
      if (report.kind === 'started' || token !== null) {
        const taken = await this.parts.recorder.record(unit, message, own);
        if (!kept) await this.implicitEnds.endOlder(unit, report, taken, own);
        return taken;
      }
      await this.parts.readings.write(
        unit.manager,
        message.readings.map((reading) => ({ ...reading, ref: message.ref })),
      );
      return { ocppTransactionId: '', decision: null };
    });
  }

  /**
   * 1.6 section 4.8: always answers a transaction id; a repeated start gets the same id. `readKey`: what earlier versions have stored of a start that
   * quirks changed.
   */
  async start(received: TransactionMessage, startKey: string, readKey = startKey): Promise<TransactionAnswer> {
    const message = await this.withExternalOutcome(received);
    return this.inStation(message.ref, async (unit) => {
      const key = boundedKey(startKey);
      const earlier =
        (await startedBefore(unit, message, key)) ??
        (readKey === startKey ? null : await startedBefore(unit, message, boundedKey(readKey)));
      if (earlier !== null) return this.parts.recorder.record(unit, message, earlier.state);
      const restated = await restatedStart(unit, message);
      if (restated !== null) {
        for (const restatedKey of startKeys(message, key)) await unit.match(restatedKey, restated.state.id);
        return this.parts.recorder.recordRepeatedStart(unit, message, restated);
      }
      const identity = await this.newIdentity(unit, message, key);
      const taken = await this.parts.recorder.record(unit, message, identity, { startKey: key });
      await this.implicitEnds.endOlder(unit, message.report, taken, identity);
      await this.implicitEnds.endBeyondRoom(unit, message.report);
      return taken;
    });
  }

  /**
   * 1.6 section 4.10: a stop is never refused. One of an unknown transaction ends the only one it can mean; else it is
   * stored as an orphan.
   */
  async stop(received: TransactionMessage, ocppTransactionId: string): Promise<TransactionAnswer> {
    const message = await this.withExternalOutcome(received);
    return this.inStation(message.ref, async (unit) => {
      const identity = identify(message.ref, ocppTransactionId);
      const known = Number(ocppTransactionId) > 0 ? await unit.load(identity.id) : null;
      if (known === null) return this.unnamedStops.record(unit, message, ocppTransactionId);
      return this.parts.recorder.record(unit, message, identity);
    });
  }

  /**
   * Readings arrived after the end: the summary may have changed, or the transaction continues. `lastAt` is the latest
   * of them.
   */
  revise(ref: StationRef, id: string, lastAt: number): Promise<void> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      const end = stored?.state.end ?? null;
      if (stored === null || end === null || stored.sealed) return;
      // the end moves to where it would have been, had the readings come in time
      const activity = end.before === undefined || lastAt > end.before ? null : await lastActivity(unit, id, { before: end.before });
      await this.parts.recorder.save(unit, stored, continueWith(stored.state, activity?.lastAt ?? lastAt), end.at);
    });
  }

  /** Ends a transaction without activity since `lastActiveAt`. False when there was activity, or it has ended. */
  endStale(ref: StationRef, id: string, lastActiveAt: Date): Promise<boolean> {
    return this.inStation(ref, async (unit) => {
      const stored = await unit.load(id);
      const activity = stored === null || stored.state.end !== null ? null : await lastActivity(unit, id, { lastActiveAt });
      if (stored === null || activity === null) return false;
      const state = endStale(stored.state, activity);
      await this.parts.recorder.save(unit, stored, state, state.end?.at ?? activity.lastAt);
      return true;
    });
  }

  /** The external authorizer is asked before the station is locked: it may take seconds. */
  private async withExternalOutcome(received: TransactionMessage): Promise<TransactionMessage> {
    const message = { ...received, key: boundedKey(received.key) };
    const { token, ref, report, receivedAt } = message;
    if (token === null) return message;
    const purpose = report.kind === 'ended' ? 'end' : 'begin';
    return {
      ...message,
      externalOutcome: await this.parts.externalAuthorizer.decide(ref, token, { evse: report.evse, purpose }, receivedAt),
    };
  }

  private inStation<T>(ref: StationRef, work: (unit: TransactionUnit) => Promise<T>): Promise<T> {
    return this.parts.store.inStation(ref, work);
  }

  /** Marks the older of the open transactions at its EVSE as suspected to be over. */
  private suspectOlder({ ref, manager }: TransactionUnit, { reference }: TransactionIdentity): Promise<void> {
    return this.parts.activity.suspectOlder([{ ref, reference }], new Date(), manager);
  }

  private async newIdentity(unit: TransactionUnit, { receivedAt }: TransactionMessage, startKey: string): Promise<TransactionIdentity> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const identity = identify(unit.ref, chosenTransactionId(unit.ref, { startKey, receivedAt, attempt }));
      if ((await unit.load(identity.id)) === null) return identity;
    }
    throw new Error('no free transaction id found');
  }
}
