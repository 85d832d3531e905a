import { runProcess } from '@voltbus/process';
import { TransactionWorkerModule } from '@voltbus/service-transaction';

void runProcess({ name: 'transaction', mode: 'cluster', module: TransactionWorkerModule });
