export { DeviceConfigHttpModule, DeviceConfigWorkerModule } from './device-config.module';
export { TABLES } from './store/tables';
