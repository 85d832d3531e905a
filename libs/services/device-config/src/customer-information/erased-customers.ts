import { CsmsError, type StationRef, type StationsOfErasure, type TokenErasure } from '@voltbus/contracts';
import type { CustomerInformation, WantedInformation } from './customer-information';
import { WAIT_HOURS_OF_ERASURE } from './limits';
import type { TypeormCustomerInformation } from './store/typeorm-customer-information';

interface ErasedCustomersParts {
  information: Pick<CustomerInformation, 'request' | 'noteRefused' | 'remove'>;
  store: Pick<TypeormCustomerInformation, 'requestsBy' | 'reportsOf'>;
}

/** What an erased token has to do with customer information: what was reported of it goes, and stations are asked to forget it. */
export class ErasedCustomers {
  constructor(private readonly parts: ErasedCustomersParts) {}

  /** Reports about the token, also those that have not come yet. */
  async forget(tenant: string, { idToken }: Pick<TokenErasure, 'idToken'>): Promise<void> {
    const { information, store } = this.parts;
    for (const id of await store.reportsOf(tenant, idToken)) await information.remove(tenant, id);
  }

  /** N10: each station once, however often the event comes. */
  async ask(tenant: string, { id, idToken, type, stations }: StationsOfErasure): Promise<void> {
    const by = `erasure:${id}`;
    const asked = await this.parts.store.requestsBy(tenant, by);
    const wanted = { report: false, clear: true, idToken: { idToken, type }, customerIdentifier: null, customerCertificate: null };
    for (const station of stations)
      if (!asked.has(station)) await this.askOne({ tenant, station }, { ...wanted, runHours: 1, waitHours: WAIT_HOURS_OF_ERASURE }, by);
  }

  /** A station that has too many requests open is shown as one that was not asked; one that is there no more is left out. */
  private async askOne(ref: StationRef, wanted: WantedInformation, by: string): Promise<void> {
    const { information } = this.parts;
    try {
      await information.request(ref, wanted, by).catch((error: unknown) => {
        if (error instanceof CsmsError && error.code === 'conflict') return information.noteRefused(ref, wanted, by);
        throw error;
      });
    } catch (error) {
      if (!(error instanceof CsmsError && error.code === 'unknown-station')) throw error;
    }
  }
}
