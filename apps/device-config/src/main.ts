import { runProcess } from '@voltbus/runtime';
import { DeviceConfigWorkerModule } from '@voltbus/service-device-config';

void runProcess({ name: 'device-config', mode: 'cluster', module: DeviceConfigWorkerModule });
