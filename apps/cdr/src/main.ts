import { runProcess } from '@voltbus/process';
import { CdrWorkerModule } from '@voltbus/service-cdr';

void runProcess({ name: 'cdr', mode: 'cluster', module: CdrWorkerModule });
