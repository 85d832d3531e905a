import { COMMAND_RESULTS, TOKEN_ERASURES } from '@voltbus/contracts';
import { v21 } from '@voltbus/ocpp';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { stationRequests } from '../station-requests';
import { unhandledMessages } from '../unhandled-messages';
import { CustomerInformation } from './customer-information';
import { ErasedCustomers } from './erased-customers';
import { CustomerInformationController } from './http/customer-information.controller';
import { notifyCustomerInformation } from './ocpp2/notify-customer-information';
import { customerRules } from './rules';
import { customerInformationMigration } from './store/migrations/0350-customer-information';
import { tables } from './store/tables';
import { TypeormCustomerInformation } from './store/typeorm-customer-information';

/** Time between two looks for requests to send, and for those that take too long. */
const SWEEP_INTERVAL_MS = 5_000;

/** OCPP N09 and N10: what stations know of customers, asked for and cleared. */
export const customerInformation = defineBlock({
  name: 'customer-information',
  migrations: [customerInformationMigration],
  tables,
  store: ({ database }) => new TypeormCustomerInformation(database),
  build({ store, use, now }) {
    const requests = use(stationRequests).of(customerRules);
    const unhandled = use(unhandledMessages).store;
    const information = new CustomerInformation({ requests, store, now });
    return { requests, unhandled, information, erased: new ErasedCustomers({ information, store }) };
  },
  answers: ({ information, unhandled }) => [answer(v21.NotifyCustomerInformation, notifyCustomerInformation({ information, unhandled }))],
  on: ({ requests, erased }) => [
    onEach(COMMAND_RESULTS.events.ended, ({ data }) => requests.onEnded(data)),
    onEach(TOKEN_ERASURES.events.requested, ({ data, tenant }) => erased.forget(tenant, data)),
    onEach(TOKEN_ERASURES.events.stationsNamed, ({ data, tenant }) => erased.ask(tenant, data)),
  ],
  jobs: ({ requests }) => [{ name: 'customer information', everyMs: SWEEP_INTERVAL_MS, run: () => requests.sweep() }],
  controllers: [CustomerInformationController],
  provides: (provide) => [provide(CustomerInformation, ({ information }) => information)],
});
