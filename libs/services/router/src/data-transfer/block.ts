import { v16, v21 } from '@voltbus/ocpp';
import { answer, defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { dataTransfer as dataTransfer16 } from './ocpp16/data-transfer';
import { dataTransfer as dataTransfer2 } from './ocpp2/data-transfer';
import { VendorAnswers } from './vendor-answers';
import { VENDORS } from './vendors';

/** OCPP block P: DataTransfer of stations, answered by vendors. */
export const dataTransfer = defineBlock({
  name: 'data-transfer',
  build: ({ use }) => new VendorAnswers(VENDORS, use(telemetry)),
  answers: (vendors) => [answer(v16.DataTransfer, dataTransfer16(vendors)), answer(v21.DataTransfer, dataTransfer2(vendors))],
});
