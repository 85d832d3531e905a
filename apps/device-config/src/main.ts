import { runProcess } from '@voltbus/process';
import { DeviceConfigWorkerModule } from '@voltbus/service-device-config';

void runProcess({ name: 'device-config', mode: 'cluster', module: DeviceConfigWorkerModule });
