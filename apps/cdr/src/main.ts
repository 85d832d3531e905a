import { runProcess } from '@voltbus/runtime';
import { CdrWorkerModule } from '@voltbus/service-cdr';

void runProcess({ name: 'cdr', mode: 'cluster', module: CdrWorkerModule });
