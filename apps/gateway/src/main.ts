import { runProcess } from '@voltbus/runtime';
import { GatewayModule } from '@voltbus/service-gateway';

void runProcess({ name: 'gateway', mode: 'cluster', module: GatewayModule });
