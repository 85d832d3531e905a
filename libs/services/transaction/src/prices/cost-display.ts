import type { StationRef } from '@voltbus/contracts';
import { withTimeout } from '@voltbus/flow';
import type { TransactionTelemetry } from '../telemetry';
import { COST_WITHIN_MS } from './shown-costs';

/** A driver whose token was accepted. */
export interface AcceptedDriver {
  idToken: string;
  groupId: string | null;
  at: Date;
}

/** Shows drivers at a station what charging costs, by whatever means the station has. */
export interface CostShower {
  price(ref: StationRef, driver: AcceptedDriver): Promise<void>;
  /** Of a session that has ended. */
  finalCost(ref: StationRef, ocppTransactionId: string, at: Date): Promise<void>;
}

/** Shows costs at stations of 1.6, whose answers have no field for them. What is shown never stands in an answer's way. */
export class CostDisplay {
  private shower: CostShower | null = null;

  constructor(private readonly telemetry: TransactionTelemetry) {}

  /** Called when the block that shows them is built. */
  showBy(shower: CostShower): void {
    this.shower = shower;
  }

  price(ref: StationRef, driver: AcceptedDriver): Promise<void> {
    return this.tried(ref, (shower) => shower.price(ref, driver));
  }

  finalCost(ref: StationRef, ocppTransactionId: string, at: Date): Promise<void> {
    return this.tried(ref, (shower) => shower.finalCost(ref, ocppTransactionId, at));
  }

  private async tried(ref: StationRef, show: (shower: CostShower) => Promise<void>): Promise<void> {
    if (this.shower === null) return;
    try {
      await withTimeout(show(this.shower), COST_WITHIN_MS);
    } catch (error) {
      this.telemetry.tariffUnknown(ref, error);
    }
  }
}
