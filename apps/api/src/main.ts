import { httpApi } from '@voltbus/http';
import { runProcess } from '@voltbus/runtime';
import { ApiModule } from './api.module';

void runProcess({ name: 'api', mode: 'cluster', module: ApiModule, http: httpApi });
