export { Gateway, type GatewayParts, type GatewaySettings } from './gateway';
export { GatewayModule } from './gateway.module';
export * as gatewayLimits from './limits';
