import { httpApi } from '@voltbus/http';
import { runProcess } from '@voltbus/runtime';
import { demo } from './demo/demo';
import { StandaloneModule } from './standalone.module';

void runProcess({ name: 'standalone', mode: 'standalone', module: StandaloneModule, http: httpApi, demo });
