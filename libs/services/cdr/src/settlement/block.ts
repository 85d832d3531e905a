import { TransientError } from '@voltbus/bus';
import { STATIONS, TENANTS, TRANSACTIONS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { cdrs } from '../cdrs';
import { review } from '../review';
import { siteAt, stationDescriptions } from '../station-descriptions';
import { TypeormTermsSource, tariffs } from '../tariffs';
import { telemetry } from '../telemetry';
import { Billing } from './billing';
import { ReadProgress } from './read-progress';

/** Bills ended transactions. */
export const settlement = defineBlock({
  name: 'settlement',
  build: ({ use, passed, wakeRelay, now }) => {
    const { stores } = use(tariffs);
    const { policies } = use(review);
    const descriptions = use(stationDescriptions);
    return {
      billing: new Billing({
        store: use(cdrs).cdrs,
        termsSource: ({ manager, ref }) => new TypeormTermsSource(stores, manager, ref),
        siteOf: async ({ manager, ref }, startedAt) => siteAt(await descriptions.history(manager, ref), startedAt),
        policyOf: ({ manager, ref }) => policies.of(ref.tenant, manager),
        telemetry: use(telemetry),
        ...{ wakeRelay, now },
      }),
      progress: new ReadProgress((instant) => passed([TENANTS, STATIONS], instant), Date.now),
    };
  },
  on: ({ billing, progress }) => [
    onEach(TRANSACTIONS.events.ended, async ({ data, record }) => {
      if (!(await progress.readBefore(record.timestamp))) throw new TransientError('events of tenants and stations are still being read');
      await billing.bill(data, record.timestamp);
    }),
  ],
});
