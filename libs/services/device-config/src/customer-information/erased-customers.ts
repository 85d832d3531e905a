import { CsmsError, type StationsOfErasure, type TokenErasure } from '@voltbus/contracts';
import type { CustomerInformation } from './customer-information';
import { WAIT_HOURS_OF_ERASURE } from './limits';
import type { TypeormCustomerInformation } from './store/typeorm-customer-information';

/** Errors after which a station is left out: there is none of that name any more, or it has too many such requests open. */
const LEFT_OUT: ReadonlySet<string> = new Set(['unknown-station', 'conflict']);

interface ErasedCustomersParts {
  information: Pick<CustomerInformation, 'request' | 'remove'>;
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
    const { information, store } = this.parts;
    const by = `erasure:${id}`;
    const asked = await store.requestsBy(tenant, by);
    const wanted = { report: false, clear: true, idToken: { idToken, type }, customerIdentifier: null, customerCertificate: null };
    for (const station of stations) {
      if (asked.has(station)) continue;
      try {
        await information.request({ tenant, station }, { ...wanted, runHours: 1, waitHours: WAIT_HOURS_OF_ERASURE }, by);
      } catch (error) {
        if (!(error instanceof CsmsError && LEFT_OUT.has(error.code))) throw error;
      }
    }
  }
}
