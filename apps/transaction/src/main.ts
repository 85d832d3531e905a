import { runProcess } from '@voltbus/runtime';
import { TransactionWorkerModule } from '@voltbus/service-transaction';

void runProcess({ name: 'transaction', mode: 'cluster', module: TransactionWorkerModule });
