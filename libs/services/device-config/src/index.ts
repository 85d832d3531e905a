export { DeviceConfigHttpModule, DeviceConfigWorkerModule } from './device-config.module';
