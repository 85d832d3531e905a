import { serviceModules } from '@voltbus/service';
import { router } from './service';

export { router };

const modules = serviceModules(router);

/** Dispatch, results, lane, dead letters, outbox. */
export const RouterWorkerModule = modules.worker;
/** Commands and dead letters; and the `CommandSender` for every other controller of the process. */
export const RouterHttpModule = modules.http;
