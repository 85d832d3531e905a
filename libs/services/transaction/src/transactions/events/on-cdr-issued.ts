import { fromCloudEventHeaders, type Cdr } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** A transaction with a CDR is settled: nothing needs to be said about it again. */
export function onCdrIssued(views: TypeormTransactionViews): Handler {
  return {
    shape: 'batch',
    name: 'on-cdr-issued',
    async handle(records: BusRecord[]) {
      // The topic's owner is the only one who writes it.
      const cdrs = records.map((record) => {
        const cdr = JSON.parse(record.value.toString('utf8')) as Cdr;
        return { ...cdr, revision: fromCloudEventHeaders(record.headers).billedRevision ?? cdr.revision };
      });
      const charges = cdrs.filter(({ kind }) => kind === 'charge');
      if (charges.length > 0) await transiently(() => views.markBilled(charges));
    },
  };
}
