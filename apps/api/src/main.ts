import { httpFace } from '@voltbus/http';
import { runProcess } from '@voltbus/process';
import { ApiModule } from './api.module';

void runProcess({ name: 'api', mode: 'cluster', module: ApiModule, http: httpFace });
