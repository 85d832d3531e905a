import { serviceModules } from '@voltbus/service';
import { cdr } from './service';

export { cdr };

const modules = serviceModules(cdr);

/** Bills ended transactions, relays the outbox. */
export const CdrWorkerModule = modules.worker;
/** Tariffs, CDRs and their review; and the tariff directory for every other controller of the process. */
export const CdrHttpModule = modules.http;
