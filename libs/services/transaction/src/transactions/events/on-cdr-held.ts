import type { HeldCdr } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** A revision whose CDR waits for a person is in good hands: it is not missing, and is not told again until the person has decided. */
export function onCdrHeld(views: TypeormTransactionViews): Handler {
  return {
    shape: 'batch',
    name: 'on-cdr-held',
    async handle(records: BusRecord[]) {
      // The topic's owner is the only one who writes it.
      const held = records.map((record) => JSON.parse(record.value.toString('utf8')) as HeldCdr);
      await transiently(() => views.markBilled(held));
    },
  };
}
