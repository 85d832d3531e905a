import {
  deterministicId,
  lacksFunction,
  type Command,
  type CommandRequest,
  type ConnectionEvent,
  type StationRef,
} from '@voltbus/contracts';
import { termsOf } from '@voltbus/pricing';
import type { StationCapabilities } from '../capabilities';
import type { AcceptedDriver, CostShower, ShownCosts, TypeormPrices } from '../prices';
import { responseStatus } from '../remote-control';
import type { RunningCost } from '../running-cost';
import { COST_VENDOR, finalCost, runningCost, setUserPrice, type CostMessage } from './domain/cost-message';
import type { CostMessageDue, TypeormCostMessages } from './store/typeorm-cost-messages';

/** Time between two sweeps for sessions whose interval is over. */
export const COST_MESSAGES_MS = 5_000;
/** Sent in one sweep at most; the rest follow in the next, those that wait longest first. */
const MAX_COST_MESSAGES = 200;
/** Behind commands of operators. */
const PRIORITY = 8;
/** Answers of stations that do not know the messages after all. */
const UNKNOWN: ReadonlySet<unknown> = new Set(['UnknownVendorId', 'UnknownMessageId']);

interface CostMessagesParts {
  store: TypeormCostMessages;
  capabilities: Pick<StationCapabilities, 'begin' | 'of' | 'showsNoCosts'>;
  shown: ShownCosts;
  prices: TypeormPrices;
  runningCosts: Pick<RunningCost, 'sessionOf'>;
  /** The longest time between two costs of a session. */
  intervalMs: number;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/**
 * Tells stations of 1.6 that have displays for it what charging costs: the price when a driver's token is accepted, the cost while the session runs, and its
 * total. Nothing is kept for an offline station.
 */
export class CostMessages implements CostShower {
  constructor(private readonly parts: CostMessagesParts) {}

  /** A station of a tenant that shows costs is queried whether it can. */
  async onConnected(event: ConnectionEvent): Promise<void> {
    if (event.protocol === 'ocpp1.6' && (await this.parts.shown.at(event.tenant))) await this.parts.capabilities.begin(event);
  }

  async price(ref: StationRef, { idToken, groupId, at }: AcceptedDriver): Promise<void> {
    if (!(await this.isShownAt(ref))) return;
    const terms = await termsOf(this.parts.prices.of(ref), { startedAt: at.toISOString(), idTokenGroup: groupId });
    if (terms === null || terms.tariff === null) return;
    await this.send(ref, setUserPrice(idToken, terms.tariff), [idToken, at.toISOString()]);
  }

  async finalCost(ref: StationRef, ocppTransactionId: string, at: Date): Promise<void> {
    if (!(await this.isShownAt(ref))) return;
    const id = await this.parts.store.idOf(ref, ocppTransactionId);
    const session = id === null ? null : await this.parts.runningCosts.sessionOf(ref, id, at.getTime());
    if (session !== null) await this.send(ref, finalCost(Number(ocppTransactionId), session), [ocppTransactionId]);
  }

  /** Returns how many were sent. */
  async sweep(): Promise<number> {
    const { store, intervalMs, now } = this.parts;
    const at = now();
    const due = await store.take(at, new Date(at.getTime() - intervalMs), MAX_COST_MESSAGES);
    let sent = 0;
    for (const one of due) if (await this.sendRunning(one, at)) sent += 1;
    return sent;
  }

  /** A station that does not know the messages is sent no more of them until it is queried again. */
  async onAnswered({ tenant, station, status, payload, response, error }: Command): Promise<void> {
    if (payload['vendorId'] !== COST_VENDOR) return;
    const isUnknown = UNKNOWN.has(responseStatus({ status, response })) || (error !== null && lacksFunction(error.code));
    if (isUnknown) await this.parts.capabilities.showsNoCosts({ tenant, station });
  }

  private async sendRunning({ id, ocppTransactionId, at, ...ref }: CostMessageDue, now: Date): Promise<boolean> {
    const session = await this.parts.runningCosts.sessionOf(ref, id, at.getTime());
    if (session === null) return false;
    await this.send(ref, runningCost(Number(ocppTransactionId), session, at), [ocppTransactionId, now.toISOString()]);
    return true;
  }

  private async isShownAt(ref: StationRef): Promise<boolean> {
    const { shown, capabilities } = this.parts;
    return (await shown.at(ref.tenant)) && (await capabilities.of(ref)).capabilities.costMessages === true;
  }

  /** `of`: tells the message from others of its kind, and is the same when what caused it comes again. */
  private async send({ tenant, station }: StationRef, payload: CostMessage, of: readonly string[]): Promise<void> {
    await this.parts.sendCommand({
      id: deterministicId(tenant, 'cost-message', station, payload.messageId, ...of),
      ...{ tenant, station, action: 'DataTransfer', payload, priority: PRIORITY, requestedBy: 'transaction' },
    });
  }
}
