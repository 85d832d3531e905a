import { CsmsError, type StationRef } from '@voltbus/contracts';
import type { ListSource } from '@voltbus/database';
import { variableId } from '../device-model';
import type { RequestFilters, RequestSort, StationRequest, StationRequests } from '../station-requests';
import { shownByEvse, type ResetBody, type ResetType } from './domain/reset-request';
import { EVSE_BATCH, MAX_REPORTS } from './limits';
import { messageFor } from './rules';
import type { TypeormEvseResets } from './store/typeorm-evse-resets';

const HOUR_MS = 3_600_000;

/** A reset that is asked for. */
interface WantedReset {
  type: ResetType;
  evse: number | null;
  runHours: number;
  waitHours: number;
  replace: boolean;
}

interface ResetsParts {
  requests: StationRequests;
  evses: TypeormEvseResets;
  variables: { values(ref: StationRef, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> };
  now(): Date;
}

/** Resets of stations and EVSEs (B11, B12, B13; 1.6 section 5.14), each followed until the station shows its end. */
export class Resets {
  constructor(private readonly parts: ResetsParts) {}

  /** Throws `unknown-station`, and `conflict` where the station cannot do it, or where another reset has not ended. */
  async request(ref: StationRef, wanted: WantedReset, by: string): Promise<StationRequest> {
    const { requests, now } = this.parts;
    const { type, evse, runHours, waitHours, replace } = wanted;
    if (evse !== null) await this.refuseFixed(ref, evse);
    return requests.begin(ref, async (transaction, { protocol }) => {
      if (protocol !== null && 'impossible' in messageFor(protocol, type, evse))
        throw new CsmsError('conflict', `the station speaks ${protocol}, which has no such reset`);
      const body: ResetBody = { evse, runHours, scheduled: false, bootReason: null };
      const expiresAt = new Date(now().getTime() + waitHours * HOUR_MS);
      const asked = await requests.create(transaction, ref, { subject: type, body: { ...body }, requestedBy: by, expiresAt }, { replace });
      if (asked === null) throw new CsmsError('conflict', 'another reset of the station has not ended: `replace` takes its place');
      return asked;
    });
  }

  list(tenant: string): ListSource<StationRequest, RequestFilters, RequestSort> {
    return this.parts.requests.list(tenant);
  }

  /** Throws `not-found`. */
  find(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.find(tenant, id);
  }

  /** Throws `not-found`, and `too-late` for one that was sent. */
  cancel(tenant: string, id: string): Promise<StationRequest> {
    return this.parts.requests.cancel(tenant, id);
  }

  /** Sends what is due, looks at boots and at the states of EVSEs, and ends what is overdue. */
  async sweep(): Promise<void> {
    const { requests, evses, now } = this.parts;
    for (const request of await evses.open(EVSE_BATCH)) {
      const reports = await evses.reports(request, MAX_REPORTS);
      await requests.change(request.id, (one) => shownByEvse(one, reports, now()));
    }
    await requests.sweep();
  }

  /** B11.FR.10, B12.FR.09: the station has told that this EVSE cannot be reset by itself. */
  private async refuseFixed(ref: StationRef, evse: number): Promise<void> {
    const nothing = { componentInstance: null, connector: null, variableInstance: null, key: null };
    const id = variableId({ ...nothing, component: 'EVSE', evse, variable: 'AllowReset' });
    const told = (await this.parts.variables.values(ref, [id])).get(id);
    if (told?.trim().toLowerCase() === 'false')
      throw new CsmsError('conflict', `EVSE ${evse} cannot be reset by itself: the station reports AllowReset false (B11.FR.10)`);
  }
}
