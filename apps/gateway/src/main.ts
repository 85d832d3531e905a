import { runProcess } from '@voltbus/process';
import { GatewayModule } from '@voltbus/service-gateway';

void runProcess({ name: 'gateway', mode: 'cluster', module: GatewayModule });
