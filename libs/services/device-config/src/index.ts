export { DeviceConfigHttpModule, DeviceConfigWorkerModule } from './device-config.module';
export { SCHEMA, migrations } from './store/migrations';
export { TABLES } from './store/tables';
