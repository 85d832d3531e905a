import { runProcess } from '@voltbus/runtime';
import { RouterWorkerModule } from '@voltbus/service-router';

void runProcess({ name: 'router', mode: 'cluster', module: RouterWorkerModule });
