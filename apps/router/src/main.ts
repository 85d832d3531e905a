import { runProcess } from '@voltbus/process';
import { RouterWorkerModule } from '@voltbus/service-router';

void runProcess({ name: 'router', mode: 'cluster', module: RouterWorkerModule });
